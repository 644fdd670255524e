// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The known name that was probably meant, or `nil` when none is near.
///
/// Near = at most a third of the name's letters added, dropped, changed or swapped with their neighbour (at least one,
/// two from four letters on); case, spaces, underscores and hyphens count nothing. The first of equals wins.
public func suggestion(for name: String, among known: some Sequence<String>) -> String? {
    suggestions(for: name, among: known, limit: 1).first
}

/// The known names that were probably meant, nearest first, equals in the order given; see ``suggestion(for:among:)``.
public func suggestions(for name: String, among known: some Sequence<String>, limit: Int) -> [String] {
    let wanted = folded(name)
    guard !wanted.isEmpty else { return [] }
    var near: [(name: String, distance: Int)] = []
    for candidate in known {
        let letters = folded(candidate)
        let limit = max(letters.count >= 4 ? 2 : 1, letters.count / 3)
        // The length alone decides most of them.
        guard abs(letters.count - wanted.count) <= limit else { continue }
        let distance = editDistance(wanted, letters)
        // A distance as long as the name itself means that nothing is left of it.
        guard distance <= limit, distance < letters.count else { continue }
        near.append((candidate, distance))
    }
    return near.enumerated()
        .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
        .prefix(limit)
        .map(\.element.name)
}

/// `; did you mean 'listen'?`, or `; known keys: a, b` when no name is near.
public func suggestionClause(for name: String, among known: some Sequence<String>, called what: String) -> String {
    if let near = suggestion(for: name, among: known) { return "; did you mean '\(near)'?" }
    return "; known \(what): \(known.joined(separator: ", "))"
}

private func folded(_ text: String) -> [Character] {
    text.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
}

/// Optimal string alignment: like Levenshtein, with two swapped neighbours counted as one mistake.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i]
        current.reserveCapacity(b.count + 1)
        for j in 1...b.count {
            let isSame = a[i - 1] == b[j - 1]
            var cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (isSame ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                cost = min(cost, beforePrevious[j - 2] + 1)
            }
            current.append(cost)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[b.count]
}

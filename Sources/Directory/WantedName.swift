// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import StatusRules

/// A name or id that is looked up once, however often it is written.
struct WantedName: Sendable {
    var kind: DirectoryKind
    var text: String
    /// Somewhere it is asked who belongs to it.
    var needsMembers: Bool
    /// In the order of the references.
    var locations: [SourceLocation]
    /// A text from a variable or file is not to be seen in messages.
    var isShown: Bool

    /// `"Support"`
    var shown: String { isShown ? "\"\(text)\"" : "of a variable or file (not shown)" }

    /// The id that the text is; `nil` = it is a name.
    var id: String? { text.isIdentifier ? text.lowercased() : nil }

    /// Each name of each kind once, in the order of the references.
    static func all(in references: [DirectoryReference]) -> [WantedName] {
        struct Key: Hashable {
            var kind: DirectoryKind
            var text: String
        }
        var places: [Key: Int] = [:]
        var names: [WantedName] = []
        for reference in references {
            let key = Key(kind: reference.kind, text: reference.text)
            if let place = places[key] {
                names[place].needsMembers = names[place].needsMembers || reference.needsMembers
                names[place].isShown = names[place].isShown && reference.isShown
                if !names[place].locations.contains(reference.location) {
                    names[place].locations.append(reference.location)
                }
            } else {
                places[key] = names.count
                names.append(
                    WantedName(
                        kind: reference.kind,
                        text: reference.text,
                        needsMembers: reference.needsMembers,
                        locations: [reference.location],
                        isShown: reference.isShown
                    )
                )
            }
        }
        return names
    }
}

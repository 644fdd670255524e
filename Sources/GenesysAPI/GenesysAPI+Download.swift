// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient

extension GenesysAPI {
    /// Fetches what a listing is too large for. The token goes to the API host only: a `downloadUrl` is signed, and
    /// may be of a storage service. Up to three redirects are followed.
    ///
    /// - Parameter endpoint: the one whose answer named the address; errors speak of it.
    func download(_ address: String, of endpoint: Endpoint) async throws(GenesysAPIError) -> ClientResponse {
        let file = Endpoint("\(endpoint.name)Download", "GET", "downloadUrl of \(endpoint.template)")
        var url = try target(of: address, from: apiURL, file)
        for _ in 0...3 {
            let response = try await fetch(file, url)
            guard (300..<400).contains(response.status), let next = response.header("Location") else {
                return try file.succeeded(response)
            }
            url = try target(of: next, from: url, file)
        }
        throw GenesysAPIError(.other, message: "\(file.description): more than three redirects", isWrite: false)
    }

    private func fetch(_ file: Endpoint, _ url: String) async throws(GenesysAPIError) -> ClientResponse {
        if Self.origin(of: url) == Self.origin(of: apiURL) { return try await answer(file, url: url) }
        return try await transport.exchange(file, url: url, headers: [("Accept", "application/json")], body: nil)
    }

    /// Absolute, and never less protected than the API.
    private func target(of address: String, from base: String, _ file: Endpoint) throws(GenesysAPIError) -> String {
        guard let base = URL(string: base), let url = URL(string: address, relativeTo: base)?.absoluteURL,
            url.host() != nil, url.user() == nil, let scheme = url.scheme?.lowercased(),
            scheme == "https" || (scheme == "http" && apiURL.lowercased().hasPrefix("http:"))
        else { throw GenesysAPIError(.other, message: "\(file.description): not an https address", isWrite: false) }
        return url.absoluteString
    }

    /// Scheme, host and port in one form (RFC 6454 section 4).
    private static func origin(of text: String) -> String? {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host()?.lowercased()
        else { return nil }
        return "\(scheme)://\(host):\(url.port ?? (scheme == "https" ? 443 : 80))"
    }
}

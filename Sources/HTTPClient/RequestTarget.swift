// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CCurl

/// Where a call goes: the key of its queue, and what errors may name.
struct RequestTarget: Hashable, Sendable {
    var isTLS: Bool
    /// Host and port, IPv6 addresses in brackets.
    var authority: String

    /// Parses with libcurl's own parser, so that it and we cannot disagree on the host.
    init(url: String) throws(HTTPClientError) {
        guard let handle = curl_url() else { throw HTTPClientError(.other, "out of memory") }
        defer { curl_url_cleanup(handle) }
        // C would end the string there and call another URL than the one asked for.
        guard !url.utf8.contains(0) else { throw HTTPClientError(.invalidURL, "the URL has a NUL in it") }
        // Credentials in a URL end in logs; they belong in a header.
        let result = curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard result == CURLUE_OK else {
            throw HTTPClientError(.invalidURL, "not a usable URL: \(String(cString: curl_url_strerror(result)))")
        }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        let scheme = part(CURLUPART_SCHEME)
        guard scheme == "http" || scheme == "https" else {
            throw HTTPClientError(.invalidURL, "only http and https URLs can be called")
        }
        guard let host = part(CURLUPART_HOST), let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT) else {
            throw HTTPClientError(.invalidURL, "the URL has no host")
        }
        isTLS = scheme == "https"
        authority = "\(host.lowercased()):\(port)"
    }
}

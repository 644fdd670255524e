// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CCurl
import Foundation

/// One call on the wire: a libcurl easy handle, its options, and what has come back. Used on the loop's thread only.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    private(set) var head = ResponseHead()
    private(set) var body: [UInt8] = []
    /// Why a callback broke the transfer off.
    private var stopped: HTTPClientError?
    private let authority: String
    private let maxResponseBytes: Int
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var firstFailure = CURLE_OK

    /// Takes a blank easy handle and sets it up; the handle stays the caller's.
    init(
        easy: UnsafeMutableRawPointer,
        request: ClientRequest,
        target: RequestTarget,
        configuration: HTTPClient.Configuration
    ) throws(HTTPClientError) {
        self.easy = easy
        authority = target.authority
        maxResponseBytes = request.maxResponseBytes
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

        setTransport(target: target, configuration: configuration)
        setRequest(request)
        setCallbacks()
        guard firstFailure == CURLE_OK else {
            throw HTTPClientError(.other, "\(authority): \(String(cString: curl_easy_strerror(firstFailure)))")
        }
    }

    deinit {
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// The answer or the error, once libcurl is done with the handle.
    func outcome(_ result: CURLcode) -> Result<ClientResponse, HTTPClientError> {
        if let stopped { return .failure(stopped) }
        guard result == CURLE_OK else {
            let detail = String(cString: errorText)
            let reason = detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
            return .failure(HTTPClientError(.init(result), "\(authority): \(reason)\(systemReason(result))"))
        }
        // libcurl takes an end of file between two header lines for the end of an answer without a body.
        guard head.isComplete else {
            return .failure(HTTPClientError(.dropped, "\(authority): the connection ended inside the headers"))
        }
        return .success(ClientResponse(status: head.status, headers: head.headers, body: body))
    }

    /// "Couldn't connect to server" hides whether nobody listens or nothing is routed there.
    private func systemReason(_ result: CURLcode) -> String {
        var number = 0
        guard result == CURLE_COULDNT_CONNECT, ccurl_get_long(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK,
            number != 0
        else { return "" }
        return " (\(String(cString: strerror(Int32(truncatingIfNeeded: number)))))"
    }

    // MARK: Options

    private func setTransport(target: RequestTarget, configuration: HTTPClient.Configuration) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        let isHTTP2Possible = target.isTLS && configuration.allowsHTTP2
        set(CURLOPT_HTTP_VERSION, Int(isHTTP2Possible ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        // A burst over HTTP/2 waits for the one connection in place of a handshake each.
        set(CURLOPT_PIPEWAIT, isHTTP2Possible ? 1 : 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let authorities = configuration.certificateAuthorities {
            set(CURLOPT_CAINFO, authorities)
            // Else the system's folder of authorities would be trusted besides the given ones.
            note(ccurl_set_string(easy, CURLOPT_CAPATH, nil))
        }
        // Empty strings keep libcurl from asking the environment.
        set(CURLOPT_PROXY, configuration.proxy ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // Ending a call whose name lookup hangs must not make the loop wait for the resolver's thread.
        set(CURLOPT_QUICK_EXIT, 1)
        if ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText) != CURLE_OK { errorText.pointee = 0 }
    }

    private func setRequest(_ request: ClientRequest) {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PATH_AS_IS, 1)
        if let body = request.body ?? (Self.methodsWithContent.contains(request.method) ? [] : nil) {
            note(ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            // An empty array may have no address, and libcurl takes null for "read the body from a callback".
            note(ccurl_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, body.isEmpty ? [0] : body))
        } else if request.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)

        for (name, value) in request.headers {
            // "Name;" is libcurl's spelling of a header with an empty value.
            append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // "Name:" keeps libcurl from adding its own: a form's content type, a wait of a second for 100 Continue.
        if !request.hasHeader("Content-Type") { append("Content-Type:") }
        if !request.hasHeader("Expect") { append("Expect:") }
        note(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList))
    }

    private func setCallbacks() {
        // Unretained: the loop keeps the transfer until the handle has left the multi handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        note(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        note(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        note(
            ccurl_set_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                Transfer.from(context)?.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
            }
        )
        note(
            ccurl_set_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                Transfer.from(context)?.receiveHead(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
            }
        )
    }

    /// RFC 9110 section 8.6: these say `Content-Length: 0` when they have no content.
    private static let methodsWithContent: Set<String> = ["POST", "PUT", "PATCH"]

    private func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(easy, option, value)) }
    private func set(_ option: CURLoption, _ value: String) { note(ccurl_set_string(easy, option, value)) }

    private func note(_ result: CURLcode) {
        if firstFailure == CURLE_OK { firstFailure = result }
    }

    private func append(_ line: String) {
        guard let longer = curl_slist_append(headerList, line) else { return note(CURLE_OUT_OF_MEMORY) }
        headerList = longer
    }

    // MARK: Callbacks; a return of 0 for some bytes ends the transfer

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= maxResponseBytes - body.count else {
            stopped = HTTPClientError(
                .bodyTooLarge,
                "\(authority): the answer is longer than \(maxResponseBytes) bytes",
                status: head.status
            )
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func receiveHead(_ line: UnsafeRawBufferPointer) -> Int {
        guard head.consume(line) else {
            stopped = HTTPClientError(.other, "\(authority): more than \(ResponseHead.maxBytes) bytes of headers")
            return 0
        }
        return line.count
    }
}

extension Duration {
    /// At least 1: libcurl takes 0 for its own default.
    fileprivate var wholeMilliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}

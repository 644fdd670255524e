// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import Synchronization
import Testing

@Suite("HTTPClient messages", .timeLimit(.minutes(1)))
struct MessageTests {
    /// Sends one request and returns it as the server saw it.
    private func seen(_ change: (inout ClientRequest) -> Void) async throws -> (head: String, body: String) {
        let request = Mutex<(head: String, body: String)>(("", ""))
        let script: @Sendable (RawServer.Connection) -> Void = { connection in
            while let next = connection.readRequest() {
                request.withLock { $0 = next }
                connection.answer("")
            }
        }
        try await withServer(script) { (client, server) async throws in
            var message = ClientRequest(url: server.url + "/a/../b%20c?q=1")
            change(&message)
            #expect(try await client.send(message).status == 200)
        }
        return request.withLock { $0 }
    }

    @Test("status, headers and body arrive")
    func answer() async throws {
        try await withServer({ connection in
            while connection.readRequest() != nil {
                connection.answer("hello", status: "418 Odd", headers: "X-One: 1\r\nx-one:  two \r\nX-Empty:\r\n")
            }
        }) { (client, server) async throws in
            let response = try await client.send(ClientRequest(url: server.url))
            #expect(response.status == 418)
            #expect(response.text == "hello")
            #expect(response.header("x-ONE") == "1")
            #expect(response.headers.map(\.value) == ["1", "two", "", "5"])
            #expect(response.header("absent") == nil)
        }
    }

    @Test("the path is sent as written")
    func pathAsWritten() async throws {
        #expect(try await seen { _ in }.head.hasPrefix("GET /a/../b%20c?q=1 HTTP/1.1\r\n"))
    }

    @Test("a body has a length, no invented type and no expectation", arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func body(method: String) async throws {
        let text = String(repeating: "x", count: 3_000_000)
        let request = try await seen {
            $0.method = method
            $0.body = Array(text.utf8)
        }
        #expect(request.head.hasPrefix("\(method) "))
        #expect(request.head.lowercased().contains("content-length: 3000000\r\n"))
        #expect(!request.head.lowercased().contains("expect:"))
        #expect(!request.head.lowercased().contains("content-type:"))
        #expect(request.body == text)
    }

    @Test("a PATCH without a body says so, a GET says nothing")
    func noBody() async throws {
        #expect(try await seen { $0.method = "PATCH" }.head.lowercased().contains("content-length: 0\r\n"))
        let get = try await seen { _ in }
        #expect(!get.head.lowercased().contains("content-length"))
    }

    @Test("headers are sent as given, empty ones too")
    func headers() async throws {
        let head = try await seen {
            $0.headers = [("Content-Type", "application/json"), ("X-Empty", ""), ("Accept", "application/json")]
        }.head
        #expect(head.contains("Content-Type: application/json\r\n"))
        #expect(head.contains("X-Empty:\r\n"))
        #expect(head.contains("Accept: application/json\r\n"))
        #expect(!head.contains("Accept: */*"))
    }

    @Test("a HEAD answer has the headers and no wait for a body")
    func headRequest() async throws {
        try await withServer({ connection in
            while connection.readRequest() != nil { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n") }
        }) { (client, server) async throws in
            let response = try await client.send(ClientRequest(method: "HEAD", url: server.url))
            #expect(response.header("Content-Length") == "7")
            #expect(response.body.isEmpty)
        }
    }

    @Test("interim answers and trailers leave no trace")
    func interimAnswers() async throws {
        try await withServer({ connection in
            while connection.readRequest() != nil {
                connection.write("HTTP/1.1 100 Continue\r\n\r\n")
                connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                connection.write("HTTP/1.1 201 Created\r\nX-Final: yes\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.write("3\r\nabc\r\n0\r\nX-Trailer: no\r\n\r\n")
            }
        }) { (client, server) async throws in
            let response = try await client.send(ClientRequest(url: server.url))
            #expect(response.status == 201)
            #expect(response.text == "abc")
            #expect(response.headers.map(\.name) == ["X-Final", "Transfer-Encoding"])
        }
    }

    @Test("a redirect is an answer, not a journey")
    func redirect() async throws {
        try await withServer({ connection in
            while connection.readRequest() != nil {
                connection.answer("", status: "302 Found", headers: "Location: /elsewhere\r\n")
            }
        }) { (client, server) async throws in
            let response = try await client.send(ClientRequest(url: server.url))
            #expect(response.status == 302)
            #expect(response.header("location") == "/elsewhere")
        }
    }

    @Test("a configured proxy gets the call")
    func proxy() async throws {
        let line = Mutex("")
        let proxy = try RawServer { connection in
            while let request = connection.readRequest() {
                line.withLock { $0 = String(request.head.prefix { $0 != "\r\n" }) }
                connection.answer("by proxy")
            }
        }
        defer { proxy.stop() }
        var configuration = HTTPClient.Configuration()
        configuration.proxy = proxy.url
        try await withClient(configuration) { (client) async throws in
            #expect(try await client.send(ClientRequest(url: "http://api.invalid/x")).text == "by proxy")
        }
        #expect(line.withLock { $0 } == "GET http://api.invalid/x HTTP/1.1")
    }

    @Test(
        "URLs that are not plain http or https are refused, and never repeated in the error",
        arguments: [
            "", "secret", "/secret", "ftp://127.0.0.1/secret", "file:///secret", "http://",
            "http://u:secret@127.0.0.1/",
            "http://127.0.0.1:99999/secret", "http://127.0.0.1/secret path", "http://127.0.0.1/\u{0}secret",
            "http://127.0.0.1/secret\r\nX: y",
        ]
    )
    func invalidURL(url: String) async throws {
        try await withClient { (client) async throws in
            let error = await failure(client, ClientRequest(url: url))
            #expect(error?.code == .invalidURL)
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test(
        "what would break out of its line is refused",
        arguments: [
            ("GET /", "A", "b"), ("", "A", "b"), ("GET", "A b", "c"), ("GET", "", "c"), ("GET", "A", "secret\r\nB: c"),
            ("GET", "A", "secret\u{0}"),
        ]
    )
    func invalidRequest(method: String, name: String, value: String) async throws {
        try await withClient { (client) async throws in
            let request = ClientRequest(method: method, url: "http://127.0.0.1:1/", headers: [(name, value)])
            let error = await failure(client, request)
            #expect(error?.code == .invalidRequest)
            #expect(error?.message.contains("secret") == false)
        }
    }
}

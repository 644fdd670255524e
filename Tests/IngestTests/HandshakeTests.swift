// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Journal
import Logging
import Testing

@testable import Ingest

@Suite("The webhook's other answers")
struct HandshakeTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

    private func router(_ change: (inout Ingest.Configuration) -> Void = { _ in }) -> Router {
        var configuration = Ingest.Configuration(authentication: [.bearer(tokens: ["token-of-the-sender"])])
        change(&configuration)
        let time = test.now
        let ingest = Ingest(configuration: configuration, journal: test.journal, logger: test.logger) { time }
        var router = Router()
        ingest.routes(into: &router)
        return router
    }

    private func options(_ headers: HTTPHeaders, _ router: Router, path: String = "/v1/events") async -> HTTPResponse {
        let request = HTTPRequest(method: .options, target: path, headers: headers, remoteAddress: "192.0.2.1")
        return await router.handle(request)
    }

    @Test("whoever asks may send, at any rate, without credentials (CloudEvents, HTTP 1.1 Web Hooks, section 4)")
    func welcomes() async throws {
        let response = await options(
            [
                "WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "120",
                "WebHook-Request-Callback": "https://example.com/confirm?id=1",
            ],
            router()
        )
        #expect(response.status.code == 200)
        #expect(response.headers["WebHook-Allowed-Origin"] == "*")
        #expect(response.headers["WebHook-Allowed-Rate"] == "*")
        #expect(response.headers["Allow"] == "POST")
        #expect(response.text.isEmpty)
        await test.journal.close()
    }

    @Test("with a list only its origins are welcome, in any case of letters; others learn nothing of it")
    func lists() async throws {
        let router = router { $0.allowedOrigins = ["eventgrid.azure.net", "EventEmitter.example.com"] }
        for origin in ["eventemitter.example.com", "EVENTGRID.azure.net"] {
            let response = await options(["webhook-request-origin": origin], router)
            #expect(response.status.code == 200)
            #expect(response.headers["WebHook-Allowed-Origin"] == origin)
        }
        for origin in ["example.com", "eventgrid.azure.net.evil.example", "*", "", "eventgrid.azure.net, a"] {
            let response = await options(["WebHook-Request-Origin": origin], router)
            #expect(response.status.code == 403, "\(origin)")
            #expect(response.headers["WebHook-Allowed-Origin"] == nil)
            #expect(response.headers["WebHook-Allowed-Rate"] == nil)
            #expect(!response.text.contains("azure"))
        }
        var twice: HTTPHeaders = ["WebHook-Request-Origin": "eventgrid.azure.net"]
        twice.append(name: "WebHook-Request-Origin", value: "eventgrid.azure.net")
        #expect(await options(twice, router).status.code == 403)
        #expect(test.log.all.count == 1 && test.log.all[0].contains("reason=origin"))
        let nobody = self.router { $0.allowedOrigins = [] }
        #expect(await options(["WebHook-Request-Origin": "a.example"], nobody).status.code == 403)
        await test.journal.close()
    }

    @Test("an OPTIONS that asks for nothing is told the methods, and another method as well")
    func plain() async throws {
        let response = await options([:], router())
        #expect(response.status.code == 204)
        #expect(response.headers["Allow"] == "OPTIONS, POST")
        #expect(response.headers["WebHook-Allowed-Origin"] == nil)
        let get = await router().handle(HTTPRequest(method: .get, target: "/v1/events"))
        #expect(get.status.code == 405)
        #expect(get.headers["Allow"] == "OPTIONS, POST")
        await test.journal.close()
    }

    @Test("a source that may not send may not ask either")
    func checksSource() async throws {
        let router = router { $0.allowedSources = ["198.51.100.0/24"] }
        #expect(await options(["WebHook-Request-Origin": "a.example"], router).status.code == 403)
        #expect(await options([:], router).status.code == 403)
        await test.journal.close()
    }

    @Test("a path that was given up is 410 for every method, counted and logged, and stores nothing")
    func retired() async throws {
        let router = router {
            $0.path = "/hook/2"
            $0.retiredPaths = ["/hook/1", "/hook/0"]
        }
        for path in ["/hook/1", "/hook/0"] {
            for method in [HTTPMethod.post, .options, .get, .put, .delete, .patch, .head] {
                let headers: HTTPHeaders = [
                    "Authorization": "Bearer token-of-the-sender", "WebHook-Request-Origin": "a.example",
                ]
                let request = HTTPRequest(
                    method: method,
                    target: path,
                    headers: headers,
                    body: Array(Sample.presence().utf8)
                )
                let response = await router.handle(request)
                #expect(response.status.code == 410)
                #expect(response.headers["Content-Type"] == "application/problem+json")
                #expect(try response.problem()["title"] == "Gone")
                #expect(response.headers["WebHook-Allowed-Origin"] == nil)
            }
        }
        #expect(test.log.all.count == 1 && test.log.all[0].contains("reason=retired"))
        let old = await router.handle(HTTPRequest(method: .post, target: "/v1/events"))
        #expect(old.status.code == 404)
        #expect(await options([:], router, path: "/hook/2").status.code == 204)
        #expect(try await test.stored().isEmpty)
        await test.journal.close()
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysAPI
import GenesysEvents
import HTTPClient
import Logging
import StatusRules
import Synchronization
import Testing

@testable import Directory

/// A Genesys that answers by path, behind a real gate.
private final class Platform: Sendable {
    private let state: Mutex<(asked: [String], pauses: [Duration])> = Mutex(([], []))
    private let answer: @Sendable (_ target: String, _ number: Int) -> (status: Int, body: String)

    /// - Parameter answer: gets path and query, and how often that was asked, from 1.
    init(_ answer: @escaping @Sendable (String, Int) -> (status: Int, body: String)) { self.answer = answer }

    var asked: [String] { state.withLock { $0.asked } }
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func effects(requestsPerMinute: Int = 300) -> DirectoryEffects {
        let gate = CallGate(
            CallSchedule(budgets: [RequestBudget(requestsPerMinute: requestsPerMinute)]),
            now: { Timestamp(milliseconds: 1_800_000_000_000) }
        )
        let api = GenesysAPI(
            configuration: .init(
                apiURL: "https://api.example.com",
                loginURL: "https://login.example.com",
                clientID: "id",
                clientSecret: "secret"
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(milliseconds: 1_800_000_000_000) },
            send: { [self] request throws(HTTPClientError) in
                guard !request.url.hasSuffix("/oauth/token") else {
                    return .init(
                        status: 200,
                        headers: [],
                        body: Array(#"{"access_token":"t","token_type":"bearer","expires_in":86400}"#.utf8)
                    )
                }
                let target = String(request.url.dropFirst("https://api.example.com/api/v2".count))
                let number = state.withLock { state in
                    state.asked.append(target)
                    return state.asked.count { $0 == target }
                }
                let (status, body) = answer(target, number)
                return .init(status: status, headers: [], body: Array(body.utf8))
            }
        )
        return DirectoryEffects(gate: gate, apis: [api]) { [self] pause in
            state.withLock { $0.pauses.append(pause) }
        }
    }
}

@Suite("What the directory reads of Genesys", .timeLimit(.minutes(1)))
struct DirectoryReadsTests {
    private func failure<Value>(_ call: () async throws(GenesysAPIError) -> Value) async -> GenesysAPIError? {
        do throws(GenesysAPIError) {
            _ = try await call()
            return nil
        } catch {
            return error
        }
    }

    @Test("members are read to the last page")
    func pages() async throws {
        let platform = Platform { target, _ in
            let isLast = target.hasSuffix("pageNumber=3")
            let number = target.last.map(String.init) ?? ""
            let next = isLast ? "" : #","nextUri":"/next""#
            return (200, #"{"entities":[{"id":"a\#(number)"},{"id":"b\#(number)"}]\#(next)}"#)
        }
        let effects = platform.effects()
        #expect(try await effects.members(.queue, "q") == ["a1", "b1", "a2", "b2", "a3", "b3"])
        #expect(platform.asked == (1...3).map { "/routing/queues/q/members?pageSize=100&pageNumber=\($0)" })
        #expect(try await effects.members(.group, "g").count == 6)
        #expect(platform.asked.last == "/groups/g/members?pageSize=100&pageNumber=3")
    }

    @Test("a platform that gives the same page for ever is asked for it twice")
    func endless() async throws {
        let platform = Platform { _, _ in (200, #"{"entities":[{"id":"a"}],"nextUri":"/next"}"#) }
        #expect(try await platform.effects().members(.queue, "q") == ["a"])
        #expect(platform.asked.count == 2)
    }

    @Test("teams are read along their cursors")
    func cursors() async throws {
        let platform = Platform { target, _ in
            target.contains("after=")
                ? (200, #"{"entities":[{"id":"b"}]}"#)
                : (200, #"{"entities":[{"id":"a"}],"nextUri":"/api/v2/teams/t/members?after=x"}"#)
        }
        #expect(try await platform.effects().members(.team, "t") == ["a", "b"])
        #expect(platform.asked == ["/teams/t/members?pageSize=100", "/teams/t/members?pageSize=100&after=x"])
    }

    @Test("a management unit's users come in one call")
    func managementUnit() async throws {
        let platform = Platform { _, _ in (200, #"{"entities":[{"id":"a"},{"id":"b"}]}"#) }
        #expect(try await platform.effects().members(.managementUnit, "m") == ["a", "b"])
        #expect(platform.asked == ["/workforcemanagement/managementunits/m/users"])
    }

    @Test("each kind has its own search, list and read")
    func endpoints() async throws {
        let platform = Platform { target, _ in
            switch target {
            case "/groups/search": (200, #"{"results":[{"id":"g","name":"N"}]}"#)
            case let target where target.hasPrefix("/presence/definitions"):
                (
                    200,
                    #"{"entities":[{"id":"p","type":"User","systemPresence":"Busy","languageLabels":{"en_US":"N","de":"M"}}]}"#
                )
            case let target where target.contains("?") || target.hasSuffix("managementunits"):
                (200, #"{"entities":[{"id":"x","name":"N"},{"id":"y","name":"O"}]}"#)
            default: (200, #"{"id":"x","name":"N"}"#)
            }
        }
        let effects = platform.effects()
        for kind in DirectoryKind.allCases {
            _ = try await effects.find(kind, "N")
            #expect(try await effects.list(kind).isEmpty == false)
            _ = try await effects.read(kind, "x")
        }
        #expect(
            platform.asked == [
                "/routing/queues?pageSize=100&pageNumber=1&name=N", "/routing/queues?pageSize=100&pageNumber=1",
                "/routing/queues/x",
                "/routing/wrapupcodes?pageSize=100&pageNumber=1&name=N",
                "/routing/wrapupcodes?pageSize=100&pageNumber=1",
                "/routing/wrapupcodes/x",
                "/workforcemanagement/managementunits", "/workforcemanagement/managementunits",
                "/workforcemanagement/managementunits",
                "/teams?pageSize=100&name=N", "/teams?pageSize=100", "/teams/x",
                "/groups/search", "/groups?pageSize=100&pageNumber=1", "/groups/x",
            ]
                + Array(
                    repeating: "/presence/definitions?deactivated=false&localeCode=ALL",
                    count: 3
                )
        )
        #expect(try await effects.list(.presence).map(\.name) == ["M", "N"])
        let asked = platform.asked.count
        #expect(try await effects.members(.wrapupCode, "x") == [])
        #expect(platform.asked.count == asked)
    }

    @Test("what is not there is nothing, and no error")
    func notFound() async throws {
        let platform = Platform { _, _ in (404, #"{"status":404,"code":"not.found","message":"no"}"#) }
        #expect(try await platform.effects().read(.queue, "q") == nil)
        #expect(
            await failure { () throws(GenesysAPIError) in try await platform.effects().members(.queue, "q") }?.code
                == .notFound
        )
    }

    @Test("a read that fails is tried again, with a pause that grows, and at last given up")
    func retries() async throws {
        let recovering = Platform { _, number in number < 3 ? (503, "") : (200, #"{"id":"x","name":"N"}"#) }
        #expect(try await recovering.effects().read(.queue, "x")?.name == "N")
        #expect(recovering.pauses == [.milliseconds(500), .milliseconds(1000)])
        let down = Platform { _, _ in (500, "") }
        #expect(await failure { () throws(GenesysAPIError) in try await down.effects().list(.team) }?.code == .server)
        #expect(down.asked.count == 3)
        let forbidden = Platform { _, _ in (403, "{}") }
        let error = await failure { () throws(GenesysAPIError) in try await forbidden.effects().list(.team) }
        #expect(error?.code == .forbidden)
        #expect(forbidden.asked.count == 1)
    }

    @Test("it leaves a share of the budget to what matters more")
    func budget() async throws {
        let platform = Platform { _, _ in (200, #"{"id":"x","name":"N"}"#) }
        let effects = platform.effects(requestsPerMinute: 10)
        let task = Task { for _ in 0..<10 { _ = try? await effects.read(.queue, "x") } }
        let deadline = ContinuousClock.now + .seconds(10)
        while platform.asked.count < 8, ContinuousClock.now < deadline { await Task.yield() }
        // Two of ten calls are not for it.
        for _ in 0..<1000 { await Task.yield() }
        #expect(platform.asked.count == 8)
        task.cancel()
        await task.value
    }
}

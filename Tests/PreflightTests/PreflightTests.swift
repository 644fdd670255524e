// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import HTTPClient
import Logging
import Synchronization
import Testing

@testable import Preflight

@Suite("Preflight", .timeLimit(.minutes(1)))
struct PreflightTests {
    private func everything() -> PreflightNeeds {
        var needs = PreflightNeeds()
        needs.adherence = true
        needs.explanations = true
        needs.tags = .customAttributes(schema: "Relay", create: false)
        return needs
    }

    @Test("where all is there, all passes, in fifteen calls that change nothing")
    func good() async {
        let mock = OrganizationMock()
        let report = await mock.preflight(everything()).run()
        #expect(report.result == .pass)
        #expect(report.names(.skipped) == ["clock", "modifiedDate"].filter { report[$0]?.result == .skipped })
        #expect(mock.calls.count == Preflight.mostCalls)
        #expect(report["activity of Coffee"]?.seen == #"counts as Break, by the activity code "Refresh""#)
        #expect(report["activity of Break"]?.seen == "counts as Break, the default of BREAK")
        #expect(report["modifiedDate"]?.result == .pass)
        #expect(report["explanations add"]?.seen.contains("404, not 403") == true)
        // Only nobody is written to, and of real users things are only read.
        for call in mock.calls where !["GET"].contains(call.method) && !call.url.hasSuffix("/oauth/token") {
            let isOfNobody = call.url.contains(Preflight.nobody)
            #expect(isOfNobody || call.body.map { String(decoding: $0, as: UTF8.self) } == "[]", "\(call.url)")
            #expect(!call.url.contains(OrganizationMock.user))
        }
    }

    @Test("what is not needed is not asked for")
    func little() async {
        let mock = OrganizationMock()
        let report = await mock.preflight().run()
        #expect(report.result == .pass)
        #expect(!mock.called("explanations") && !mock.called("customattributes"))
        #expect(mock.calls.count == 9)
    }

    @Test("without a token nothing else is tried, and no secret is told")
    func noToken() async {
        let mock = OrganizationMock("POST /oauth/token", 401, #"{"error":"invalid_client"}"#)
        let report = await mock.preflight().run()
        #expect(report.names(.fail) == ["token"])
        #expect(report["token"]?.seen == "401 invalid_client")
        #expect(report["token"]?.advice.contains("check its id and secret") == true)
        #expect(report["all others"]?.result == .skipped)
        #expect(mock.calls.count == 1)
        #expect(!report.text.contains("client-secret"))
    }

    @Test(
        "a missing permission fails where it is needed, and is named",
        arguments: [
            ("GET /presence/definitions", "presence definitions", "presence:presenceDefinition:view"),
            ("PUT /presences/bulk", "presence edit", "presence:userPresence:edit"),
            ("GET /workforcemanagement/adherence", "adherence read", "wfm:realtimeAdherence:view"),
            ("POST /explanations/query", "explanations view", "wfm:adherenceExplanation:view"),
            ("GET /conversations/0000", "conversation read", "conversation:communication:view"),
            ("PATCH /customattributes", "tags edit", "conversation:customAttributes:edit"),
            ("GET /customattributes/schemas", "tags schema", "conversation:customAttributes:schemaView"),
        ]
    )
    func forbidden(match: String, check: String, permission: String) async {
        let mock = OrganizationMock(match, 403, #"{"code":"missing.permissions","contextId":"c-1"}"#)
        let report = await mock.preflight(everything()).run()
        #expect(report[check]?.result == .fail)
        #expect(report[check]?.seen == "403 missing.permissions (correlation id c-1)")
        #expect(report[check]?.advice.hasPrefix("Grant \(permission) to a role") == true)
        #expect(report.exitCode == 1)
    }

    @Test(
        "what only helps is a warning",
        arguments: [
            ("GET /users?", "users", "directory:user:view"),
            ("GET /primarysource", "primary presence source", "presence:userPrimarySource:view"),
            ("GET /activitycodes", "activity codes", "wfm:activityCode:view"),
        ]
    )
    func warnings(match: String, check: String, permission: String) async {
        let report = await OrganizationMock(match, 403).preflight(everything()).run()
        #expect(report[check]?.result == .warn)
        #expect(report[check]?.advice.contains("Grant \(permission)") == true)
        #expect(report.exitCode == 0)
    }

    @Test("a right that a configuration does not use is no failure")
    func notNeeded() async {
        var needs = PreflightNeeds()
        needs.writes = false
        let mock = OrganizationMock([
            ("PUT /presences/bulk", { _ in .json(403) }), ("GET /workforcemanagement", { _ in .json(403) }),
        ])
        let report = await mock.preflight(needs).run()
        #expect(report["presence edit"]?.result == .warn)
        #expect(report["adherence read"]?.result == .skipped)
        #expect(report.exitCode == 0)
    }

    @Test("a probe that is refused for what it asks has proven the right", arguments: [200, 400, 404, 409])
    func probes(status: Int) async {
        let report = await OrganizationMock("PUT /presences/bulk", status, "[]").preflight().run()
        #expect(report["presence edit"]?.result == .pass)
    }

    @Test("a probe without an answer proves nothing", arguments: [500, 503])
    func unclear(status: Int) async {
        let report = await OrganizationMock("PUT /presences/bulk", status).preflight().run()
        #expect(report["presence edit"]?.result == .fail)
        #expect(report["presence edit"]?.advice.hasPrefix("Try again") == true)
    }

    @Test("a status that leads nowhere fails with what the resolution says")
    func unresolved() async {
        let report = await OrganizationMock().preflight(resolve: { _ in
            [ResolvedStatus(name: "Team", outcome: .failure("relay.yaml:3:3: error: status 'Team': no such label"))]
        }).run()
        #expect(report["status Team"]?.result == .fail)
        #expect(report["status Team"]?.seen.hasPrefix("relay.yaml:3:3") == true)
        #expect(report["activity of Team"] == nil)
    }

    @Test("the configured users are looked at, and those who are not there are named")
    func users() async {
        var needs = PreflightNeeds()
        needs.userIDs = [OrganizationMock.user, "gone"]
        let mock = OrganizationMock()
        let report = await mock.preflight(needs).run()
        #expect(mock.called("GET /users?id=\(OrganizationMock.user)&id=gone"))
        #expect(report["users"]?.result == .warn)
        #expect(report["users"]?.seen == "1 of 2 are deleted or not to be seen: gone")
        needs.userIDs = ["gone"]
        #expect(await OrganizationMock("GET /users?", 200, #"{"entities":[]}"#).preflight(needs).run().exitCode == 1)
    }

    @Test(
        "another primary source is a warning, none is not",
        arguments: [(200, "msteams", "warn"), (404, "", "skipped")]
    )
    func primarySource(status: Int, source: String, result: String) async {
        let report = await OrganizationMock("GET /primarysource", status, #"{"sourceId":"\#(source)"}"#).preflight()
            .run()
        #expect(report["primary presence source"]?.result.rawValue == result)
    }

    @Test(
        "a presence in no activity code, or an inactive one, says as what it counts",
        arguments: [
            (#"{"entities":[]}"#, "linked to no activity code: counts as Break, the default of BREAK"),
            (
                """
                {"entities":[{"id":"7","name":"Old","category":"Meal","active":false,"secondaryPresences":\
                [{"id":"\(OrganizationMock.coffee)"}]}]}
                """,
                "linked to no activity code; its activity code \"Old\" is inactive: counts as Break, "
                    + "the default of BREAK"
            ),
        ]
    )
    func unlinked(codes: String, seen: String) async {
        let report = await OrganizationMock("GET /activitycodes", 200, codes).preflight().run()
        #expect(report["activity of Coffee"]?.result == .warn)
        #expect(report["activity of Coffee"]?.seen == seen)
        #expect(report["activity of Break"]?.result == .pass)
    }

    @Test(
        "a clock that is off by more than half a minute is a warning",
        arguments: [
            ("Tue, 10 Mar 2026 14:06:00 GMT", "pass", "within"), ("Tue, 10 Mar 2026 14:05:31 GMT", "pass", "within"),
            ("Tue, 10 Mar 2026 14:05:20 GMT", "warn", "40 s ahead of"),
            ("Tue, 10 Mar 2026 15:06:00 GMT", "warn", "3600 s behind"), ("nonsense", "skipped", "no answer"),
        ]
    )
    func clock(date: String, result: String, seen: String) async {
        let mock = OrganizationMock([
            ("GET /presence/definitions", { _ in .json(200, #"{"entities":[]}"#, headers: [("Date", date)]) })
        ])
        let check = await mock.preflight().run()["clock"]
        #expect(check?.result.rawValue == result)
        #expect(check?.seen.hasPrefix(seen) == true)
    }

    @Test(
        "whole seconds in many modified dates are a warning, in a few nothing",
        arguments: [(["000", "000", "000"], "warn"), (["000", "000"], "skipped"), (["000", "000", "007"], "pass")]
    )
    func modifiedDates(fractions: [String], result: String) async {
        let users = fractions.enumerated().map { index, fraction in
            #"{"id":"u\#(index)","presence":{"modifiedDate":"2026-03-10T14:00:00.\#(fraction)Z"}}"#
        }
        let mock = OrganizationMock("GET /users?", 200, #"{"entities":[\#(users.joined(separator: ","))]}"#)
        #expect(await mock.preflight().run()["modifiedDate"]?.result.rawValue == result)
    }

    @Test(
        "a schema that is not there is a failure, unless the relay is to create it",
        arguments: [("Relay", false, "pass"), ("s", false, "pass"), ("Other", false, "fail"), ("Other", true, "warn")]
    )
    func schema(name: String, create: Bool, result: String) async {
        var needs = PreflightNeeds()
        needs.tags = .customAttributes(schema: name, create: create)
        let check = await OrganizationMock().preflight(needs).run()["tags schema"]
        #expect(check?.result.rawValue == result)
        #expect(check?.advice.isEmpty == (result == "pass"))
    }

    @Test("tags in participant attributes need the conversation, not custom attributes")
    func participantTags() async {
        var needs = PreflightNeeds()
        needs.tags = .participantAttributes
        let mock = OrganizationMock()
        let report = await mock.preflight(needs).run()
        #expect(report["conversation read"]?.result == .pass)
        #expect(report["tags edit"]?.result == .pass)
        #expect(mock.called("PATCH /conversations/\(Preflight.nobody)/participants/\(Preflight.nobody)/attributes"))
        #expect(!mock.called("customattributes"))
        let forbidden = await OrganizationMock("PATCH /participants", 403).preflight(needs).run()
        #expect(forbidden["tags edit"]?.advice.contains("Check the roles of the OAuth client") == true)
    }

    @Test("a budget above what Genesys allows is a warning", arguments: [(300, "pass"), (180, "warn")])
    func limits(allowed: Int, result: String) async {
        let headers = [
            (name: "inin-ratelimit-count", value: "1"), (name: "inin-ratelimit-allowed", value: "\(allowed)"),
        ]
        let mock = OrganizationMock([("PUT /presences/bulk", { _ in .json(200, "[]", headers: headers) })])
        let check = await mock.preflight().run()["rate limit"]
        #expect(check?.result.rawValue == result)
        #expect(check?.seen.contains("Genesys allows \(allowed)") == true)
    }

    @Test("lists and members are looked at for what is named, by calls that read nothing of anybody")
    func names() async {
        var needs = PreflightNeeds()
        needs.names = PreflightNeeds.NameNeed.Kind.allCases.map { .init($0, members: true) }
        let one = #"{"entities":[{"id":"x","name":"X"}],"nextUri":"/api/v2/teams?after=y"}"#
        let listed: OrganizationMock.Answer = { _ in .json(200, one) }
        let missing: OrganizationMock.Answer = { _ in .json(404) }
        let lists = ["queues?", "wrapupcodes?", "managementunits", "teams?", "groups?"].map { ("GET \($0)", listed) }
        let mock = OrganizationMock([("GET \(Preflight.nobody)", missing)] + lists)
        let report = await mock.preflight(needs).run()
        #expect(report.result == .pass)
        for kind in ["queues", "wrap-up codes", "teams", "groups"] {
            #expect(report[kind]?.seen == "1 and more can be named", "\(kind)")
        }
        #expect(report["management units"]?.seen == "1 can be named")
        for kind in ["queues", "management units", "teams", "groups"] {
            #expect(report["members of \(kind)"]?.seen.contains("404, not 403") == true, "\(kind)")
        }
        #expect(report["members of wrap-up codes"] == nil)
        #expect(mock.calls.count <= Preflight.mostCalls + 5 * Preflight.callsForName)
    }

    @Test("a missing right to see names or members is named, and an empty list is a failure")
    func missingNames() async {
        var needs = PreflightNeeds()
        needs.names = [
            .init(.queues, members: true), .init(.teams, members: true), .init(.managementUnits, members: true),
        ]
        let mock = OrganizationMock([
            ("GET queues", { _ in .json(403) }), ("GET teams/", { _ in .json(403) }),
            ("GET teams?", { _ in .json(200, #"{"entities":[]}"#) }), ("GET /users", { _ in .json(403) }),
            ("GET managementunits", { _ in .json(200, #"{"entities":[{"id":"m","name":"M"}]}"#) }),
        ])
        let report = await mock.preflight(needs).run()
        #expect(report["queues"]?.advice.contains("routing:queue:view") == true)
        #expect(report["members of queues"]?.advice.contains("routing:queue:view") == true)
        #expect(report["members of teams"]?.advice.contains("groups:team:view") == true)
        #expect(report["members of management units"]?.advice.contains("wfm:realtimeAdherence:view") == true)
        #expect(report["teams"]?.result == .fail)
        #expect(report["teams"]?.advice.contains("divisions") == true)
        #expect(report["management units"]?.result == .pass)
    }

    @Test("each client is looked at, within the same fifteen calls")
    func clients() async {
        let mock = OrganizationMock()
        var report = await mock.preflight(clients: ["a", "b", "c"]).run()
        #expect(report.result == .pass)
        for check in ["token, client 3", "presence edit, client 2", "presence edit, client 3"] {
            #expect(report[check]?.result == .pass)
        }
        #expect(report["rate limit"]?.seen.contains("300 × 3 clients = 900") == true)
        #expect(mock.calls.count == 13)

        let busy = OrganizationMock()
        report = await busy.preflight(everything(), clients: ["a", "b", "c"]).run()
        #expect(report["presence edit, client 3"]?.result == .skipped)
        #expect(busy.calls.count == Preflight.mostCalls)
        #expect(await OrganizationMock().preflight(clients: ["a", "a"]).run()["rate limit"]?.result == .warn)
    }

    @Test("a client whose token cannot be had fails, and another one does the rest")
    func secondClient() async {
        let bad = "Basic YmFkOmNsaWVudC1zZWNyZXQ="  // bad:client-secret
        let mock = OrganizationMock([
            (
                "POST /oauth/token",
                { request in
                    request.headers.contains { $0.value == bad }
                        ? .json(401) : .json(200, #"{"access_token":"t","expires_in":86400}"#)
                }
            )
        ])
        let report = await mock.preflight(clients: ["bad", "good"]).run()
        #expect(report["token"]?.result == .fail)
        #expect(report["token, client 2"]?.result == .pass)
        #expect(report["presence definitions"]?.result == .pass)
    }

    @Test("a 429 that is over soon is waited for, once")
    func rateLimited() async {
        let times = Mutex(0)
        let mock = OrganizationMock([
            (
                "GET /routingstatus",
                { _ in
                    let time = times.withLock {
                        $0 += 1
                        return $0
                    }
                    return time == 1
                        ? .json(429, headers: [("Retry-After", "7")]) : .json(200, #"{"status":"IDLE"}"#)
                }
            )
        ])
        #expect(await mock.preflight().run()["routing status read"]?.result == .pass)
        #expect(times.withLock { $0 } == 2)
    }

    @Test("calls keep to the budget")
    func budget() async {
        let mock = OrganizationMock()
        #expect(await mock.preflight(requestsPerMinute: 2).run().result == .pass)
        #expect(mock.calls.count == 9)
    }

    @Test("at start four calls are enough, and only what is wrong is logged")
    func start() async {
        let lines = LogLines()
        let logger = Logger(label: "test") { _ in lines }
        let good = OrganizationMock()
        let clients = ["a", "b", "c"]
        #expect(await good.preflight(everything(), clients: clients).runAtStart(logger: logger).result == .pass)
        #expect(good.calls.count == 4)
        #expect(lines.text.isEmpty)

        let bad = OrganizationMock("PUT /presences/bulk", 403)
        #expect(await bad.preflight().runAtStart(logger: logger).exitCode == 1)
        #expect(bad.calls.count == 3)
        let logged = lines.text
        #expect(logged.count == 1)
        #expect(
            logged.first?.hasPrefix("error preflight: presence edit: 403. Grant presence:userPresence:edit") == true
        )
    }
}

private final class LogLines: LogHandler {
    private let lines = Mutex<[String]>([])
    var text: [String] { lines.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(event: LogEvent) { lines.withLock { $0.append("\(event.level) \(event.message)") } }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/api/v2/workforcemanagement/…/adherence/explanations…` (facts 4.4): everything that writes or queries is a job.
enum ExplanationEndpoints {
    private static let agent = "/api/v2/workforcemanagement/agents/{agentId}/adherence/explanations"
    private static let view = PermissionRule.all("wfm:adherenceExplanation:view")

    static let all: [Endpoint] = [
        Endpoint("POST", agent, needs: .all("wfm:adherenceExplanation:add"), add),
        Endpoint("POST", agent + "/query", needs: view, queryAgent),
        Endpoint("GET", agent + "/{explanationId}", needs: view, read),
        Endpoint("PATCH", agent + "/{explanationId}", needs: .all("wfm:adherenceExplanation:edit"), update),
        Endpoint(
            "POST",
            "/api/v2/workforcemanagement/businessunits/{businessUnitId}/adherence/explanations/query",
            needs: view,
            queryUnit
        ),
        Endpoint("GET", "/api/v2/workforcemanagement/adherence/explanations/jobs/{jobId}", job),
    ]

    private static func add(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.workforceMember(call.parameter("agentId"))
        let body = try call.objectBody()
        guard body["type"]?.stringValue ?? "Late" == "Late" else {
            throw PlatformError.invalid("type", "type must be Late.")
        }
        guard let length = body["lengthMinutes"]?.integerValue, (1...1440).contains(length) else {
            throw PlatformError.invalid("lengthMinutes", "lengthMinutes must be between 1 and 1440.")
        }
        let explanation = AdherenceExplanation(
            id: state.organization.generator.uuid(),
            start: try moment("startDate", body),
            lengthMinutes: Int(length),
            notes: body["notes"]?.stringValue ?? "",
            status: try status(body, default: .pending)
        )
        return accepted(.add(agent: index, explanation), &state, call)
    }

    private static func update(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.workforceMember(call.parameter("agentId"))
        let id = try explanation(state, index, call).id
        let status = try status(try call.objectBody(), default: nil)
        return accepted(.update(agent: index, explanation: id, status), &state, call)
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.workforceMember(call.parameter("agentId"))
        let found = try explanation(state, index, call)
        return .ok(state.organization.explanationEntity(found, of: index))
    }

    private static func queryAgent(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.workforceMember(call.parameter("agentId"))
        return try query([index], ofBusinessUnit: false, try call.objectBody(), &state, call)
    }

    private static func queryUnit(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let unit = call.parameter("businessUnitId")
        guard unit == state.organization.businessUnitID else { throw PlatformError.notFound(unit) }
        let body = try call.objectBody()
        let wanted = body["agentIds"]?.arrayValue?.compactMap(\.stringValue)
        let members = state.organization.workforce
        let indices = wanted.map { $0.compactMap(state.organization.agent).filter(Set(members).contains) } ?? members
        return try query(indices, ofBusinessUnit: true, body, &state, call)
    }

    private static func query(
        _ indices: [Int],
        ofBusinessUnit: Bool,
        _ body: JSONValue,
        _ state: inout SimulatorState,
        _ call: EndpointCall
    ) throws -> Answer {
        let task = ExplanationJob.Task.query(
            agents: indices,
            from: try moment("startDate", body),
            to: try moment("endDate", body),
            ofBusinessUnit: ofBusinessUnit
        )
        guard state.switches.queriesAnswerAtOnce else { return accepted(task, &state, call) }
        let job = state.organization.startJob(task, client: call.client, now: call.now)
        state.organization.finishJob(job.id, now: call.now)
        let done = state.organization.explanationJobs[job.id] ?? job
        return .ok(object(["job": reference(to: done), "result": state.organization.explanationListing(done)]))
    }

    private static func accepted(
        _ task: ExplanationJob.Task,
        _ state: inout SimulatorState,
        _ call: EndpointCall
    ) -> Answer {
        let job = state.organization.startJob(task, client: call.client, now: call.now)
        return Answer(status: 202, body: object(["job": reference(to: job)]))
    }

    /// Only for the client that started it. What a query has found is behind `downloadUrl`, which needs no token.
    private static func job(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("jobId")
        guard let job = state.organization.explanationJobs[id] else { throw PlatformError.notFound(id) }
        guard job.client == call.client else {
            throw PlatformError.forbidden("Only the client that has started the job may read it.")
        }
        var body = reference(to: job).objectValue ?? JSONObject()
        switch (job.status, job.task) {
        case (.complete, .query):
            let host = call.request.headers["Host"] ?? "127.0.0.1"
            body["downloadUrl"] = .string("http://\(host)\(Download.path)\(id)")
        case (.complete, _):
            body["adherenceExplanation"] = job.results.first.map {
                state.organization.explanationEntity($0.explanation, of: $0.agent)
            }
        case (.error, _):
            body["error"] = object([
                "message": job.error, "code": "internal.server.error", "status": 500,
                "contextId": state.organization.correlationID, "details": [JSONValue](), "errors": [JSONValue](),
            ])
        case (.processing, _): break
        }
        return .ok(.object(body))
    }

    private static func reference(to job: ExplanationJob) -> JSONValue {
        object([
            "id": job.id,
            "type": job.task.type,
            "status": job.status.rawValue,
            "selfUri": "/api/v2/workforcemanagement/adherence/explanations/jobs/\(job.id)",
        ])
    }

    private static func explanation(
        _ state: SimulatorState,
        _ index: Int,
        _ call: EndpointCall
    ) throws(PlatformError) -> AdherenceExplanation {
        let id = call.parameter("explanationId")
        guard let found = state.organization.agents[index].explanations.first(where: { $0.id == id }) else {
            throw .notFound(id)
        }
        return found
    }

    private static func moment(_ name: String, _ body: JSONValue) throws(PlatformError) -> Timestamp {
        guard let moment = body[name]?.stringValue.flatMap({ Timestamp($0) }) else {
            throw .invalid(name, "\(name) must be a date and time.")
        }
        return moment
    }

    private static func status(
        _ body: JSONValue,
        default fallback: AdherenceExplanation.Status?
    ) throws(PlatformError) -> AdherenceExplanation.Status {
        let text = body["status"]?.stringValue ?? fallback?.rawValue ?? ""
        guard let status = AdherenceExplanation.Status(rawValue: text) else {
            throw .invalid("status", "status must be Pending, Approved or Denied.")
        }
        return status
    }
}

/// What a query has found, fetched from an address that needs no token, as signed addresses of the platform do not.
enum Download {
    static let path = "/downloads/"

    static func answer(_ state: SimulatorState, _ request: HTTPRequest) -> Answer {
        let id = String(request.path.dropFirst(path.count))
        guard request.method == .get, let job = state.organization.explanationJobs[id], job.status == .complete,
            case .query = job.task
        else { return Answer(status: 404) }
        return .ok(state.organization.explanationListing(job))
    }
}

extension SimulatedOrganization {
    /// The index of a user of the management unit; 404 for anyone else.
    func workforceMember(_ id: String) throws(PlatformError) -> Int {
        guard let index = agent(id), agents[index].isInWorkforce else { throw .notFound(id) }
        return index
    }

    func explanationListing(_ job: ExplanationJob) -> JSONValue {
        object(["entities": job.results.map { explanationEntity($0.explanation, of: $0.agent) }])
    }

    /// AdherenceExplanationResponse: the notification's body and an address.
    func explanationEntity(_ explanation: AdherenceExplanation, of index: Int) -> JSONValue {
        var body = explanationBody(explanation, of: index).objectValue ?? JSONObject()
        let path = "/api/v2/workforcemanagement/agents/\(agents[index].id)/adherence/explanations/\(explanation.id)"
        body["selfUri"] = .string(path)
        return .object(body)
    }
}

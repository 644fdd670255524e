// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// An adherence explanation to be added (AddAdherenceExplanationAdminRequest; type is always Late).
public struct AdherenceExplanation: Codable, Sendable, Equatable {
    /// Beginning of the explained span.
    public var start: Timestamp
    /// Its length.
    public var minutes: Int
    /// Pending, Approved, Denied
    public var status: String
    /// May be empty.
    public var notes: String

    /// An explanation.
    public init(start: Timestamp, minutes: Int, status: String, notes: String) {
        self.start = start
        self.minutes = minutes
        self.status = status
        self.notes = notes
    }
}

/// An asynchronous job of the explanations API (AdherenceExplanationAsyncResponse).
public struct ExplanationJob: Sendable, Equatable {
    /// `Processing`, `Complete`, `Error`
    public enum Status: String, Sendable { case processing = "Processing", complete = "Complete", error = "Error" }
    /// The job; empty for a query that was answered at once.
    public var id: String
    /// How far it is.
    public var status: Status
    /// What is there, when the job was a query and is complete.
    public var explanations: [AdherenceExplanation]
    /// Why it failed, as far as Genesys says so.
    public var errorMessage: String?

    /// A job.
    public init(
        id: String,
        status: Status,
        explanations: [AdherenceExplanation] = [],
        errorMessage: String? = nil
    ) {
        self.id = id
        self.status = status
        self.explanations = explanations
        self.errorMessage = errorMessage
    }
}

/// AddAdherenceExplanationAdminRequest
struct AddExplanationBody: Encodable {
    var type = "Late"
    var startDate: Timestamp
    var lengthMinutes: Int
    var status: String
    var notes: String

    init(_ explanation: AdherenceExplanation) {
        startDate = explanation.start
        lengthMinutes = explanation.minutes
        status = explanation.status
        notes = explanation.notes
    }
}

/// AdherenceExplanationAsyncResponse, AgentQueryAdherenceExplanationsResponse and AdherenceExplanationJob, which differ
/// in where they keep the same things.
struct ExplanationJobBody: Decodable {
    var job: ExplanationJob
    /// Where the result is, when it is not here.
    var downloadURL: String?

    private enum CodingKeys: String, CodingKey {
        case job, result, downloadUrl, id, status, adherenceExplanation, error
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        let inner = try? body.nestedContainer(keyedBy: CodingKeys.self, forKey: .job)
        let result = body.tolerant(ExplanationListing.self, .result)
        downloadURL = body.text(.downloadUrl)
        let isAnswered = result != nil || downloadURL != nil
        guard let id = (inner ?? body).text(.id) ?? (isAnswered ? "" : nil) else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: body, debugDescription: "neither job nor result")
        }
        // A status that is not known yet is no end.
        let status = (inner ?? body).text(.status).map { ExplanationJob.Status(rawValue: $0) ?? .processing }
        job = ExplanationJob(
            id: id,
            status: isAnswered ? .complete : status ?? .processing,
            explanations: result?.explanations
                ?? body.tolerant(ExplanationListing.Element.self, .adherenceExplanation).map { [$0.explanation] } ?? [],
            errorMessage: body.tolerant(Fault.self, .error)?.text
        )
    }

    private struct Fault: Decodable {
        var code: String?
        var message: String?

        var text: String? {
            let parts = [code, message].compactMap { $0?.printable(limit: 300) }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        }
    }
}

/// AdherenceExplanationListingAgentQueryResponse, here and in downloads.
struct ExplanationListing: Decodable {
    var explanations: [AdherenceExplanation]

    /// AdherenceExplanationResponse; of no use without its beginning.
    struct Element: Decodable {
        var explanation: AdherenceExplanation

        private enum CodingKeys: String, CodingKey {
            case startDate, lengthMinutes, status, notes
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            guard let start = body.time(.startDate) else {
                throw DecodingError.dataCorruptedError(forKey: .startDate, in: body, debugDescription: "no time")
            }
            explanation = AdherenceExplanation(
                start: start,
                minutes: body.tolerant(Int.self, .lengthMinutes) ?? 0,
                status: body.text(.status) ?? "",
                notes: body.text(.notes) ?? ""
            )
        }
    }

    private enum CodingKeys: String, CodingKey {
        case entities
    }

    init(from decoder: any Decoder) throws {
        explanations = try decoder.container(keyedBy: CodingKeys.self)
            .decode(Readable<Element>.self, forKey: .entities).elements.map(\.explanation)
    }
}

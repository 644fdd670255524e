// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// One kind of work, call by call. Pure: what is not known comes in as answers.
protocol ErrandSteps: Sendable {
    /// The call to make next. Stays the same until an answer to it has come.
    ///
    /// - Parameter schemas: those that are known from earlier reads; may be out of date.
    mutating func nextCall(schemas: [AttributeSchema]) -> ErrandCall
    /// The answer to that call; `client` has made it.
    mutating func answered(_ answer: ErrandAnswer, client: Int, now: Timestamp) -> ErrandStep
    /// The call has failed.
    mutating func failed(_ error: GenesysAPIError) -> ErrandSetback
}

/// How it goes on after an answer.
enum ErrandStep: Equatable {
    /// With the next call, at once.
    case next
    /// With the next call, after some time.
    case wait(Duration)
    /// Nothing more happens.
    case end(ErrandState, String, DeliveryStatus.Failure? = nil)

    /// A failure that no answer with an error status has told.
    static func failed(_ code: String, _ message: String) -> ErrandStep {
        .end(.failed, message, .init(code: code, message: message))
    }

    /// An answer to another call than was made; the end, because it would come again.
    static let mismatch = failed("other", "the answer is not one to the call")
}

/// What a failed call means for the work.
enum ErrandSetback: Equatable {
    /// Tried again if that is of use for errors of its kind, at the soonest after that time.
    case again(after: Duration = .zero)
    /// No longer of use.
    case drop(String)
}

/// Work that is one call, and that may be repeated.
struct SingleCallSteps: ErrandSteps {
    let call: ErrandCall

    func nextCall(schemas: [AttributeSchema]) -> ErrandCall { call }

    func answered(_ answer: ErrandAnswer, client: Int, now: Timestamp) -> ErrandStep {
        .end(.done, "\(call.name) answered 2xx")
    }

    func failed(_ error: GenesysAPIError) -> ErrandSetback { .again() }
}

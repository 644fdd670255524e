// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension GenesysSimulator {
    /// Turns events to another webhook from now on, as `POST /simulator/webhook` does; `nil` = none.
    public func setWebhook(url: String?, headers: [(name: String, value: String)] = []) {
        withState { state in
            state.webhook = url.map { WebhookTarget(url: $0, headers: headers) }
            state.organization.isObserved = url != nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI

extension PresenceFacts {
    init(_ presence: UserPresence) {
        self.init(
            definitionID: presence.definitionID,
            system: presence.system,
            message: presence.message,
            modifiedAt: presence.modifiedAt
        )
    }
}

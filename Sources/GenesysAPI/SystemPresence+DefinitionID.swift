// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

extension SystemPresence {
    /// The id of the system definition, the same in every organisation seen (facts 3.1). For offline work only: a
    /// running relay resolves ids from the API.
    public var wellKnownDefinitionID: String? { Self.wellKnown[self] }

    private static let wellKnown: [SystemPresence: String] = [
        .available: "6a3af858-942f-489d-9700-5f9bcdcdae9b",
        .busy: "31fe3bac-dea6-44b7-bed7-47f91660a1a0",
        .away: "5e5c5c66-ea97-4e7f-ac41-6424784829f2",
        .break: "227b37e2-f1d0-4dd0-8f50-badd7cf6d158",
        .meal: "3fd96123-badb-4f69-bc03-1b1ccc6d8014",
        .meeting: "bbdff279-7ae1-48ea-bade-7831d7234c64",
        .training: "d2390a99-8546-bad9-8f0a-219548e8aeb0",
        .idle: "7ffa01cd-7866-4ad7-8faa-31e11b42f51f",
        .offline: "ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5",
        .onQueue: "e08eaf1b-ee47-4fa9-a231-1200e284798f",
    ]
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import StatusRules
import Testing

@Suite("Files of rules")
struct RuleFilesTests {
    private static let statuses = "statuses: { Break: { presence: Break } }"

    private func rule(_ name: String, status: String = "Break") -> String {
        "- { name: \(name), when: { agent: { name: \(name) } }, then: { status: \(status) } }"
    }

    /// The configuration at `etc/relay.yaml` with files beside it.
    private func load(
        rules: String,
        statuses: String = statuses,
        variables: [String: String] = [:],
        missingIsError: Bool = true,
        _ files: [String: String]
    ) -> Loaded {
        var all = files
        all["etc/relay.yaml"] = """
            webhook: { allowUnauthenticated: true }
            admin: { allowUnauthenticated: true }
            genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
            \(statuses)
            rules: \(rules)
            """
        return Loaded(environment: .mock(variables, files: all, missingIsError: missingIsError))
    }

    private struct Loaded {
        var configuration: RelayConfiguration?
        var findings: [String]
        var rules: [String] { configuration?.rules.ruleNames ?? [] }

        init(environment: ConfigurationEnvironment) {
            let diagnostics = Diagnostics()
            configuration = RelayConfiguration.load(
                path: "etc/relay.yaml",
                environment: environment,
                diagnostics: diagnostics
            )
            findings = diagnostics.sorted.map(\.description)
        }
    }

    @Test("a pattern's files come by path, whatever the order of the folder")
    func pattern() {
        let loaded = load(
            rules: "rules/*.yaml",
            [
                "etc/rules/20-b.yaml": rule("second"), "etc/rules/10-a.yaml": rule("first"),
                "etc/rules/Z.yaml": rule("third"), "etc/rules/a.yaml": rule("fourth"),
                "etc/rules/.hidden.yaml": rule("hidden"), "etc/rules/deep/x.yaml": rule("deep"),
                "etc/rules/x.yml": rule("other"), "rules/x.yaml": rule("elsewhere"),
            ]
        )
        #expect(loaded.findings == [])
        #expect(loaded.rules == ["first", "second", "third", "fourth"])
        #expect(
            loaded.configuration?.ruleFiles
                == ["etc/rules/10-a.yaml", "etc/rules/20-b.yaml", "etc/rules/Z.yaml", "etc/rules/a.yaml"]
        )
    }

    @Test("a list is read in its order; a file that is named twice counts where it is named first")
    func list() {
        let loaded = load(
            rules: #"[./last.yaml, "rules/[ab].yaml", /srv/more.yaml, rules/a.yaml]"#,
            [
                "etc/rules/a.yaml": rule("a"), "etc/rules/b.yaml": rule("b"), "etc/rules/c.yaml": rule("c"),
                "etc/last.yaml": rule("last"), "/srv/more.yaml": rule("more"),
            ]
        )
        #expect(loaded.findings == [])
        #expect(loaded.rules == ["last", "a", "b", "more"])
    }

    @Test("a pattern beside the configuration file does not mean the file itself")
    func besides() {
        let loaded = load(rules: #""*.yaml""#, ["etc/a.yaml": rule("a")])
        #expect(loaded.findings == [])
        #expect(loaded.rules == ["a"])
    }

    @Test("the configuration's own folder is no pattern")
    func folderName() throws {
        let yaml = """
            webhook: { allowUnauthenticated: true }
            admin: { allowUnauthenticated: true }
            genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
            \(Self.statuses)
            rules: "*.yaml"
            """
        let files = ["x[1]*/relay.yaml": yaml, "x[1]*/a.yaml": rule("a"), "x1/b.yaml": rule("b")]
        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.load(
            path: "x[1]*/relay.yaml",
            environment: .mock(files: files),
            diagnostics: diagnostics
        )
        #expect(diagnostics.all == [])
        #expect(configuration?.ruleFiles == ["x[1]*/a.yaml"])
    }

    @Test("a file is a list, or a mapping that may have statuses for all files")
    func shapes() {
        let loaded = load(
            rules: "rules/*.yaml",
            statuses: "",
            [
                "etc/rules/a.yaml": rule("a", status: "Meeting"),
                "etc/rules/b.yaml":
                    "statuses: { Meeting: { presence: Meeting } }\nrules:\n  \(rule("b", status: "Meeting"))",
                "etc/rules/c.yaml": "rules: []\nstatuses: { Meal: { presence: Meal } }",
                "etc/rules/d.yaml": "[]",
            ]
        )
        #expect(loaded.findings == ["etc/rules/c.yaml:2:13: warning: status 'Meal' is not used by any rule"])
        #expect(loaded.rules == ["a", "b"])
        #expect(loaded.configuration?.rules.statuses.keys.sorted() == ["Meal", "Meeting"])
    }

    @Test("a finding names the file, line and column that it is about")
    func places() {
        let loaded = load(
            rules: "[rules/*.yaml, extra.yaml]",
            [
                "etc/rules/a.yaml": rule("a", status: "Brake"),
                "etc/rules/b.yaml": "rules:\n  - { nme: b, when: { agent: { name: b } }, then: { status: Break } }",
                "etc/rules/c.yaml": "rules: [",
                "etc/rules/d.yaml": "",
                "etc/rules/e.yaml": "just text",
                "etc/rules/f.yaml": "rules: rules/a.yaml\nrule: []",
                "etc/rules/g.yaml": "statuses: {}",
                "etc/extra.yaml": "rules: { a: b }\nstatuses: [Break]",
            ]
        )
        #expect(loaded.configuration == nil)
        #expect(
            loaded.findings == [
                "etc/extra.yaml:1:8: error: rules: expected a list of rules, found a mapping",
                "etc/extra.yaml:2:11: error: statuses: expected a mapping, found a list",
                "etc/rules/a.yaml:1:60: error: then.status: unknown status 'Brake'; did you mean 'Break'?",
                "etc/rules/b.yaml:2:5: error: missing key 'name' in rules[1]; a rule is known by its name in the history",
                "etc/rules/b.yaml:2:7: error: unknown key 'nme'; did you mean 'name'?",
                "etc/rules/c.yaml:2:1: error: not valid YAML: did not find expected node content, while parsing a flow "
                    + "node that began in line 2",
                "etc/rules/d.yaml:1:1: error: the file is empty",
                "etc/rules/e.yaml:1:1: error: expected a list of rules, or a mapping with 'rules:', found 'just text'",
                "etc/rules/f.yaml:1:8: error: rules: a file of rules holds them itself; only the configuration file names "
                    + "other files",
                "etc/rules/f.yaml:2:1: error: unknown key 'rule'; did you mean 'rules'?",
                "etc/rules/g.yaml:1:1: error: missing key 'rules'; a file of rules has a list of them, if need be an "
                    + "empty one: rules: []",
            ]
        )
    }

    @Test("a rule or a status that is written in two files is an error that names both places")
    func duplicates() {
        let loaded = load(
            rules: "rules/*.yaml",
            [
                "etc/rules/a.yaml": "\(rule("same"))\n\(rule("same"))",
                "etc/rules/b.yaml":
                    "statuses: { Meal: { presence: Meal }, Break: { presence: Meal } }\nrules:\n  \(rule("same"))",
                "etc/rules/c.yaml": "statuses:\n  Meal: { presence: Meal }\nrules: []",
            ]
        )
        #expect(
            loaded.findings == [
                "etc/rules/a.yaml:2:11: error: the rule name 'same' is already used in line 1",
                "etc/rules/b.yaml:1:39: error: the status 'Break' is already written in etc/relay.yaml:4:13",
                "etc/rules/b.yaml:3:13: error: the rule name 'same' is already used in etc/rules/a.yaml:2:11",
                "etc/rules/c.yaml:2:3: error: the status 'Meal' is already written in etc/rules/b.yaml:1:13",
            ]
        )
    }

    @Test("a pattern that matches nothing, and a path that leads to no file, are errors where they are written")
    func missing() {
        let loaded = load(
            rules: #"[rules/*.yaml, one.yaml, "${env:PLACE}/x.yaml", "${conversation.id}", secret/*.yaml]"#,
            variables: ["PLACE": "hush-hush"],
            ["etc/secret/": "", "etc/secret/a.yaml": rule("a")]
        )
        #expect(
            loaded.findings == [
                "etc/relay.yaml:5:9: error: rules: 'rules/*.yaml' matches no file",
                "etc/relay.yaml:5:23: error: rules: 'one.yaml' is no file; for all files of a folder write FOLDER/*.yaml",
                "etc/relay.yaml:5:33: error: rules: the path from a variable or file is no file; for all files of a "
                    + "folder write FOLDER/*.yaml",
                "etc/relay.yaml:5:56: error: rules: unknown '${…}'; write ${env:NAME} or ${file:PATH}, or '$${' for the "
                    + "two characters themselves",
                "etc/relay.yaml:5:78: error: rules: 'secret/*.yaml': a folder cannot be read",
            ]
        )
        #expect(load(rules: "rules/", ["etc/rules/a.yaml": rule("a")]).findings.count == 1)
    }

    @Test("variables and files are resolved, a file's path from the folder of the file that names it")
    func interpolation() {
        let files = [
            "etc/rules/a.yaml": rule("a", status: "${env:STATUS}"),
            "etc/rules/b.yaml": rule("b", status: #""${file:status}""#), "etc/rules/status": "Break\n",
        ]
        let loaded = load(
            rules: "${env:FOLDER}/*.yaml",
            variables: ["FOLDER": "rules", "STATUS": "Break"],
            files
        )
        #expect(loaded.findings == [])
        #expect(loaded.rules == ["a", "b"])
        // Elsewhere the variables are not set: what cannot be known is not held against the file.
        let elsewhere = load(rules: "${env:FOLDER}/*.yaml", missingIsError: false, files)
        #expect(
            elsewhere.findings == [
                "etc/relay.yaml:5:8: warning: the environment variable FOLDER is not set; the value is not checked"
            ]
        )
        #expect(elsewhere.configuration != nil)
    }

    @Test("the version covers all files, and is that of the same rules in one file")
    func version() {
        let inline = load(rules: "[\(rule("a").dropFirst(2)), \(rule("b").dropFirst(2))]", [:])
        let split = load(rules: "[a.yaml, b.yaml]", ["etc/a.yaml": rule("a"), "etc/b.yaml": rule("b")])
        let other = load(rules: "[a.yaml, b.yaml]", ["etc/a.yaml": rule("a"), "etc/b.yaml": rule("c")])
        let turned = load(rules: "[b.yaml, a.yaml]", ["etc/a.yaml": rule("a"), "etc/b.yaml": rule("b")])
        let more = load(
            rules: "[a.yaml, b.yaml]",
            [
                "etc/a.yaml": rule("a"),
                "etc/b.yaml": "statuses: { Meal: { presence: Meal } }\nrules: [\(rule("b").dropFirst(2))]",
            ]
        )
        let versions = [inline, split, other, turned, more].map { $0.configuration?.rules.version }
        #expect(versions[0] != nil)
        #expect(versions[0] == versions[1])
        #expect(Set(versions).count == 4)
    }

    @Test("patterns match the files of this machine, through links, and no folders")
    func process() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relay-\(UUID().uuidString)")
        let manager = FileManager.default
        try manager.createDirectory(at: folder.appending(path: "rules/x.yaml"), withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: folder) }
        for name in ["b", "a", ".c"] {
            try rule(name).write(to: folder.appending(path: "rules/\(name).yaml"), atomically: true, encoding: .utf8)
        }
        try manager.createSymbolicLink(
            at: folder.appending(path: "rules/l.yaml"),
            withDestinationURL: folder.appending(path: "rules/.c.yaml")
        )
        try manager.createSymbolicLink(
            at: folder.appending(path: "rules/broken.yaml"),
            withDestinationURL: folder.appending(path: "nowhere")
        )
        let environment = ConfigurationEnvironment.process()
        let found = try environment.matches(folder.path + "/rules/*.yaml").sorted()
        #expect(
            found.map { String($0.dropFirst(folder.path.count)) } == [
                "/rules/a.yaml", "/rules/b.yaml", "/rules/l.yaml",
            ]
        )
        #expect(try environment.matches(folder.path + "/rules/a.yaml").count == 1)
        #expect(try environment.matches(folder.path + "/rules").isEmpty)
        #expect(try environment.matches(folder.path + "/nowhere/*.yaml").isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Routes by method and path; `{name}` segments match one non-empty segment.
///
/// An unknown path is 404, a known path with another method 405 with `Allow` (RFC 9110 section 15.5.6). HEAD is
/// answered by the GET handler when there is no HEAD handler; the server leaves out the content.
///
/// A path is matched segment by segment as received, a static segment before a parameter, and each segment is
/// percent-decoded after it is cut: `%2F` does not end a segment. `/a` and `/a/` are two paths. The path decides first,
/// then the method: a static route is never answered by a parameter route of another method.
///
/// Segments that are `.` or `..`, however they are written, match nothing: RFC 3986 has the client resolve them, and who
/// resolves them here would undo what a proxy in front has checked. Nor do segments that are not UTF-8 or have a NUL
/// (RFC 3986 section 7.3).
///
/// `OPTIONS *` is answered with the methods of all routes (RFC 9110 section 9.3.7).
public struct Router: Sendable {
    private var root = RouteNode()
    /// The routes without parameters by their whole path: the common case needs no cutting into segments.
    private var exact: [String: [HTTPMethod: RouteNode.Route]] = [:]
    private var methods: Set<HTTPMethod> = [.options]

    /// No routes: everything is 404.
    public init() {}

    /// Adds a route; a second one of the same method and path replaces the first.
    public mutating func on(_ method: HTTPMethod, _ path: String, _ handler: @escaping HTTPHandler) {
        let segments = Self.segments(of: path)
        let names = segments.compactMap(Self.parameterName)
        let route = RouteNode.Route(parameterNames: names, handler: handler)
        root.insert(segments[...], method: method, route: route)
        methods.insert(method)
        if names.isEmpty { exact[path, default: [:]][method] = route }
    }

    /// Answers by the matching handler; itself an `HTTPHandler`.
    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        switch match(request) {
        case .route(let route, let values):
            guard !values.isEmpty else { return await route.handler(request) }
            var request = request
            for (name, value) in zip(route.parameterNames, values) { request.parameters[name] = value }
            return await route.handler(request)
        case .server: return HTTPResponse(status: HTTPStatus(204), headers: ["Allow": Self.allowed(methods)])
        case .otherMethods(let known):
            return .problem(
                HTTPStatus(405),
                detail: "This path does not serve the method \(request.method).",
                headers: ["Allow": Self.allowed(known)]
            )
        case .nothing: return .problem(HTTPStatus(404), detail: "There is nothing at this path.")
        }
    }

    enum Match {
        /// A route and the values of its parameters.
        case route(RouteNode.Route, [String])
        /// The server as a whole: `OPTIONS *`.
        case server
        case otherMethods([HTTPMethod])
        case nothing
    }

    func match(_ request: HTTPRequest) -> Match {
        if request.method == .options, request.rawPath == "*" { return .server }
        var values: [String] = []
        let matched =
            exact[request.rawPath]
            ?? root.routes(for: Self.segments(of: request.rawPath)[...], values: &values)
        guard let routes = matched else { return .nothing }
        let route = routes[request.method] ?? (request.method == .head ? routes[.get] : nil)
        guard let route else { return .otherMethods(Array(routes.keys)) }
        return .route(route, values)
    }

    static func parameterName(_ segment: Substring) -> String? {
        guard segment.count > 2, segment.first == "{", segment.last == "}" else { return nil }
        return String(segment.dropFirst().dropLast())
    }

    private static func segments(of path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
    }

    private static func allowed(_ methods: some Sequence<HTTPMethod>) -> String {
        var names = Set(methods.map(\.rawValue))
        if names.contains("GET") { names.insert("HEAD") }
        return names.sorted().joined(separator: ", ")
    }
}

/// One segment of the tree of routes.
struct RouteNode: Sendable {
    struct Route: Sendable {
        var parameterNames: [String]
        var handler: HTTPHandler
    }

    /// By bytes: as texts, `%E2%84%AA` (the Kelvin sign) and `K` would be equal.
    private var statics: [[UInt8]: RouteNode] = [:]
    /// At most one element: an array because a struct cannot hold itself.
    private var parameter: [RouteNode] = []
    private var routes: [HTTPMethod: Route] = [:]

    mutating func insert(_ segments: ArraySlice<Substring>, method: HTTPMethod, route: Route) {
        guard let segment = segments.first else {
            routes[method] = route
            return
        }
        if Router.parameterName(segment) != nil {
            if parameter.isEmpty { parameter.append(RouteNode()) }
            parameter[0].insert(segments.dropFirst(), method: method, route: route)
        } else {
            let name = String(segment).decodedAsPath() ?? String(segment)
            statics[Array(name.utf8), default: RouteNode()].insert(segments.dropFirst(), method: method, route: route)
        }
    }

    /// The methods of the path, or `nil`; `values` holds what the parameters matched.
    func routes(for segments: ArraySlice<Substring>, values: inout [String]) -> [HTTPMethod: Route]? {
        guard let segment = segments.first else { return routes.isEmpty ? nil : routes }
        guard let text = String(segment).decodedAsPath(), text != ".", text != ".." else { return nil }
        let rest = segments.dropFirst()
        if let next = statics[Array(text.utf8)], let found = next.routes(for: rest, values: &values) { return found }
        guard let next = parameter.first, !text.isEmpty else { return nil }
        values.append(text)
        if let found = next.routes(for: rest, values: &values) { return found }
        values.removeLast()
        return nil
    }
}

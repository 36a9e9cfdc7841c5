import LuaKit

/// Answers requests for help.
struct HelpPage {
    private let workbench: Workbench

    init(_ workbench: Workbench) {
        self.workbench = workbench
    }

    /// The lines that answer a request.
    func lines(for request: HelpRequest) throws -> [String] {
        []
    }
}

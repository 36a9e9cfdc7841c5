import Glibc
import Learning
import LuaKit
import Tensors

/// What the place that output goes to can show; the host program of a runtime sets it.
public final class Presentation {
    /// Whether output goes to a terminal whose lines can be rewritten.
    public var isTerminal: Bool
    /// Columns now.
    public var width: () -> Int
    /// Lines now; 0 where there is no end.
    public var height: () -> Int
    /// Whether colours may be used.
    public var usesColor: Bool
    /// Shows a hint on a likely mistake; nil for none.
    public var hint: ((String) -> Void)?
    /// How tensors print, the width apart.
    var printing = PrintOptions()
    /// Columns that the user has set for tensors.
    var fixedWidth: Int?
    /// The number of the prompt's entry that runs.
    public var entry = 0

    public init(isTerminal: Bool = false, usesColor: Bool = false, width: @escaping () -> Int = { 80 }, height: @escaping () -> Int = { 0 }) {
        self.isTerminal = isTerminal
        self.usesColor = usesColor
        self.width = width
        self.height = height
    }

    /// That of a runtime; plain text of 80 columns where the host has set none.
    static func of(_ runtime: Runtime) -> Presentation {
        if let presentation = runtime.host as? Presentation { return presentation }
        let plain = Presentation()
        runtime.host = plain
        return plain
    }

    /// Where a training's progress goes.
    func progress(_ runtime: Runtime) -> any ProgressSink {
        TextProgress(isLive: isTerminal, width: width) { [link = runtime.link] text in link.runtime?.write(text) }
    }
}

import CCairo

/// The drawing library, opened when the first picture is drawn: to link it would slow each start of the
/// program by 1.2–1.7 ms (see CCairo/shim.h).
enum CairoLibrary {
    /// The library's functions; throws `.library` when it is not installed.
    static func functions() throws(PlotError) -> nj_cairo {
        if let missing { throw .library(missing) }
        return table.functions
    }

    private static var missing: String? { table.missing }

    private static let table: (functions: nj_cairo, missing: String?) = {
        var functions = nj_cairo()
        let missing = nj_cairo_load(&functions).map { String(cString: $0) }
        return (functions, missing)
    }()
}

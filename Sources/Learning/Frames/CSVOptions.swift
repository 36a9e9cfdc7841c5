/// How to read a table from text.
public struct CSVOptions: Sendable {
    /// Whether the first record names the columns.
    public enum Header: Sendable, ExpressibleByBooleanLiteral {
        /// It does unless one of its fields is a number.
        case automatic
        case present
        case absent
        /// It does not; these are the names.
        case names([String])

        public init(booleanLiteral value: Bool) { self = value ? .present : .absent }
    }

    /// What a column is read as, in place of what its values look like.
    public enum ColumnType: String, CaseIterable, Sendable {
        case number, boolean, text
        /// The column is left away.
        case skip
    }

    public enum Encoding: String, CaseIterable, Sendable { case utf8, latin1 }

    /// What separates fields: nil to find out among `,` `;` tab and `|`.
    public var delimiter: UInt8?
    /// What fields with delimiters or line ends are put in; nil when there is nothing of the kind.
    public var quote: UInt8? = UInt8(ascii: "\"")
    /// The decimal point of numbers.
    public var decimal = UInt8(ascii: ".")
    public var header = Header.automatic
    /// By the column's name.
    public var types: [String: ColumnType] = [:]
    /// Spellings of missing values beside the usual ones.
    public var missing: [String] = []
    /// Whether the usual spellings count: empty, NA, N/A, NaN, null, None and their like.
    public var usesDefaultMissing = true
    public var encoding = Encoding.utf8

    public init() {}

    /// Tab-separated.
    public static var tsv: CSVOptions {
        var options = CSVOptions()
        options.delimiter = UInt8(ascii: "\t")
        return options
    }

    /// The spellings that pandas takes for missing, and the "?" of older collections.
    static let defaultMissing = [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
        "NULL", "NaN", "None", "n/a", "nan", "null", "?",
    ]
}

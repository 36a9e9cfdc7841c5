import Learning
import LuaKit
import Tensors

extension FrameBox {
    private static var receiver: Param<FrameBox> { Param("self", FrameBox.self) }
    private static var several: Param<Variadic<String>> { Param("columns", Variadic<String>.self) }
    private static var chosen: Param<ColumnNames?> { Param("columns", ColumnNames?.self, "all that fit when left out") }

    /// Rows and columns that are there.
    @FunctionBuilder static var looking: [Function] {
        Function("head", "The first rows.", receiver, Param("n", Int.self, default: 5), returns: "frame", example: example + "print(frame:head(2))", see: ["data.Frame:tail"]) { (f: FrameBox, n: Int) in FrameBox(try f.frame.head(n)) }
        Function("tail", "The last rows.", receiver, Param("n", Int.self, default: 5), returns: "frame", example: example + "print(frame:tail(2))", see: ["data.Frame:head"]) { (f: FrameBox, n: Int) in FrameBox(try f.frame.tail(n)) }
        Function("column", "The values of a column, also where its name is that of a function.", receiver, Param("name", String.self), returns: "table; missing numbers are NaN, missing text is \"\"", example: example + "print(frame:column(\"name\")[1])") { (f: FrameBox, name: String) in try f.frame.column(name).list }
        Function("describe", "A row for each column: its kind, how many values it has and lacks, and for numbers their spread.", receiver, returns: "frame", example: example + "print(frame:describe())") { (f: FrameBox) in FrameBox(try f.frame.describe()) }
        Function("select", "Only these columns, in this order.", receiver, several, returns: "frame", example: example + "print(frame:select(\"age\"))", see: ["data.Frame:drop"]) { (f: FrameBox, names: Variadic<String>) in FrameBox(try f.frame.select(names.values)) }
        Function("drop", "Without these columns.", receiver, several, returns: "frame", example: example + "print(frame:drop(\"age\"))", see: ["data.Frame:select"]) { (f: FrameBox, names: Variadic<String>) in FrameBox(try f.frame.drop(names.values)) }
        Function("rename", "With other names for some columns.", receiver, Param("names", LuaTable.self, "{old = \"new\"}"), returns: "frame", example: example + "print(frame:rename{age = \"years\"}.columns[2])") { (f: FrameBox, table: LuaTable) in
            var names: [String: String] = [:]
            for (key, value) in table.pairs {
                guard let old = key.text, let new = value.text else { throw LearningError.argument("rename", "takes a table {old = \"new\"}") }
                names[old] = new
            }
            return FrameBox(try f.frame.rename(names))
        }
        Function("filter", "The rows for which a function of the row returns true.", receiver, Param("fn", LuaFunction.self, "gets a row as a table by name; what is missing is nil"), returns: "frame", example: example + "print(frame:filter(function(row) return row.age and row.age > 30 end))") { (call: Call, f: FrameBox, fn: LuaFunction) in
            let whole = f.frame.columns.map(\.isWhole)
            return FrameBox(try f.frame.filter { row in try fn.call([.table(row.table(in: call.runtime, whole: whole))]).first?.isTrue ?? false })
        }
        Function("sort_by", "Rows in the order of columns, the first deciding; missing values come last.", receiver, Param("columns", ColumnNames.self, "a name or a table of names"), Param("descending", Bool.self, default: false), returns: "frame", example: example + "print(frame:sort_by(\"age\"))") { (f: FrameBox, names: ColumnNames, descending: Bool) in
            FrameBox(try f.frame.sortBy(names.values, descending: descending))
        }
        Function("unique", "The different values of a column, in order of appearance.", receiver, Param("column", String.self, "a name"), returns: "table", example: example + "print(#frame:unique(\"age\"))") { (f: FrameBox, name: String) -> [LuaValue] in
            let isWhole = try f.frame.column(name, operation: "unique").isWhole
            return try f.frame.unique(name).map { $0.lua(isWhole: isWhole) }
        }
        Function("value_counts", "How often each value of a column comes, the most frequent first.", receiver, Param("column", String.self, "a name"), returns: "frame", example: example + "print(frame:value_counts(\"name\"))") { (f: FrameBox, name: String) in FrameBox(try f.frame.valueCounts(name)) }
    }

    /// What is wrong with data, put right.
    @FunctionBuilder static var cleaning: [Function] {
        Function("drop_missing", "Without the rows that miss a value.", receiver, Param("columns", ColumnNames?.self, "where to look; everywhere when left out"), returns: "frame", example: example + "print(frame:drop_missing())", see: ["data.Frame:impute"]) { (f: FrameBox, names: ColumnNames?) in FrameBox(try f.frame.dropMissing(names?.values)) }
        Function("drop_duplicates", "The first of the rows that agree.", receiver, Param("columns", ColumnNames?.self, "where they agree; everywhere when left out"), returns: "frame", example: example + "print(#frame:concat(frame):drop_duplicates())") { (f: FrameBox, names: ColumnNames?) in FrameBox(try f.frame.dropDuplicates(names?.values)) }
        Function("impute", "With missing values filled in.", receiver, Param("value", FillChoice.self, "\"mean\", \"median\", \"mode\" (the most frequent value), or a value"), chosen, returns: "frame", example: example + "print(frame:impute(\"mean\"))", see: ["data.Frame:drop_missing"]) { (f: FrameBox, filling: FillChoice, names: ColumnNames?) in
            FrameBox(try f.frame.impute(filling.filling, names?.values))
        }
        Function("clip_outliers", "With numbers beyond a bound set to the bound.", receiver, Param("method", OutlierMethod.self, default: .iqr, "how many quartile distances beyond the quartiles, how many standard deviations from the mean, or which share of the values at each end"), Param("bound", Double?.self, "1.5 for \"iqr\", 3 for \"std\", 0.01 for \"quantile\" when left out"), chosen,
            returns: "frame", example: example + "print(frame:clip_outliers(\"std\", 2))") { (f: FrameBox, method: OutlierMethod, bound: Double?, names: ColumnNames?) in
            FrameBox(try f.frame.clipOutliers(method.rule(bound), names?.values))
        }
        Function("apply", "With a column computed from each value of another by a function; nil is missing.", receiver, Param("column", String.self, "a name"), Param("fn", LuaFunction.self, "value → value"), Param("as", String?.self, "the new column's name; the old one is replaced when left out"), returns: "frame", example: example + "print(frame:apply(\"name\", string.upper))") { (f: FrameBox, name: String, fn: LuaFunction, result: String?) in
            let isWhole = try f.frame.column(name, operation: "apply").isWhole
            return FrameBox(try f.frame.apply(name, as: result) { try FrameBox.value(fn.call([$0.lua(isWhole: isWhole)]).first ?? .nil, "apply") })
        }
        Function("one_hot", "Columns replaced by one of 0 and 1 for each of their values, named column_value.", receiver, Param("columns", ColumnNames.self, "a name or a table of names"), Param("drop_first", Bool.self, default: false, "leaves out each column's first value, which the others imply"), returns: "frame", example: example + "print(frame:one_hot(\"name\"))") { (f: FrameBox, names: ColumnNames, dropFirst: Bool) in
            FrameBox(try f.frame.oneHot(names.values, dropFirst: dropFirst))
        }
        Function("label_encode", "A column's values replaced by numbers from 1, in order, and the values they stand for.", receiver, Param("column", String.self, "a name"), returns: "frame, table of values", example: example + "local coded, names = frame:label_encode(\"name\")\nprint(coded.name[3], names[3])") { (f: FrameBox, name: String) -> (FrameBox, [LuaValue]) in
            let isWhole = try f.frame.column(name, operation: "label_encode").isWhole
            let (coded, values) = try f.frame.labelEncode(name, first: 1)
            return (FrameBox(coded), values.map { $0.lua(isWhole: isWhole) })
        }
    }

    /// A value that a function of Lua's returned.
    static func value(_ value: LuaValue, _ operation: String) throws -> Value {
        do { return try Value(value) } catch let mismatch as Mismatch {
            throw LearningError.argument(operation, "what the function returns " + mismatch.problem)
        }
    }

    /// Several frames, and groups of rows.
    @FunctionBuilder static var combining: [Function] {
        Function("join", "Columns of another frame beside this one's, where the values in `on` agree; missing ones agree with each other.", receiver, Param("other", FrameBox.self, "a frame"), Param("on", ColumnNames.self, "a name or a table of names"), Param("how", Frame.JoinKind.self, default: .inner, "which rows without a partner stay: none, this frame's, the other's, both"),
            returns: "frame", example: example + "local towns = data.Frame{name = {\"Ann\", \"Cy\"}, town = {\"Ulm\", \"Rome\"}}\nprint(frame:join(towns, {on = \"name\", how = \"left\"}))", see: ["data.Frame:concat"]) { (f: FrameBox, other: FrameBox, on: ColumnNames, how: Frame.JoinKind) in
            FrameBox(try f.frame.join(other.frame, on: on.values, how: how))
        }
        Function("concat", "Other frames' rows below this one's, columns matched by name.", receiver, Param("others", OneOrMany<FrameBox>.self, "a frame or a table of frames"), returns: "frame", example: example + "print(#frame:concat(frame))", see: ["data.Frame:join"]) { (f: FrameBox, others: OneOrMany<FrameBox>) in
            FrameBox(try Frame.concat([f.frame] + others.values.map(\.frame)))
        }
        Function("group_by", "Rows that agree in some columns, to be summed up: frame:group_by(\"town\"):mean().", receiver, several, returns: "grouping", example: example + "print(frame:group_by(\"name\"):mean())", see: ["data.Grouping"]) { (f: FrameBox, names: Variadic<String>) in
            GroupingBox(try f.frame.grouped(by: names.values))
        }
    }

    /// Tensors, data sets and files.
    @FunctionBuilder static var leaving: [Function] {
        Function("to_tensor", "Columns of numbers as a tensor; missing values are NaN.", receiver, Param("columns", ColumnNames?.self, "all when left out"), Param("dtype", DType.self, default: .float32), returns: "tensor [rows, columns]", example: example + "print(frame:to_tensor{\"age\"})", see: ["data.Frame:to_dataset"]) { (f: FrameBox, names: ColumnNames?, dtype: DType) in
            try f.frame.tensor(names?.values, dtype)
        }
        Function("to_dataset", "A data set of feature columns and a target column; text and boolean targets become classes.", receiver, Param("target", String.self), Param("features", ColumnNames?.self, "all others when left out"), Param("is_class", Bool?.self, "true makes classes of numbers"), returns: "dataset",
            example: example + "local set = frame:impute(\"mean\"):to_dataset{target=\"name\", features={\"age\"}}\nprint(set)", see: ["data.Frame:to_tensor"]) { (f: FrameBox, target: String, features: ColumnNames?, isClass: Bool?) in
            DatasetBox(try f.frame.dataset(features: features?.values, target: target, isClass: isClass).countedFromOne())
        }
        Function("write_csv", "Writes the frame as delimited text, names first; the file is whole or untouched.", receiver, Param("path", String.self), Param("delimiter", OneCharacter.self, default: OneCharacter(byte: UInt8(ascii: ",")), "one character"),
            example: example + "local path = os.tmpname()\nframe:write_csv(path)\nprint(data.read_csv(path) == frame)\nos.remove(path)", see: ["data.read_csv"]) { (f: FrameBox, path: String, delimiter: OneCharacter) -> Void in
            try f.frame.writeCSV(path, delimiter: delimiter.byte)
        }
    }
}

import Learning
import LuaKit
import Tensors

/// The groups of a frame, as Lua holds them.
final class GroupingBox: LuaObject {
    let grouping: Grouping
    init(_ grouping: Grouping) { self.grouping = grouping }

    private static let example = "local frame = data.Frame{town = {\"Ulm\", \"Rome\", \"Ulm\"}, age = {31, 25, 40}}\nlocal groups = frame:group_by(\"town\")\n"

    static var declaration: Class {
        Class(
            GroupingBox.self, "data.Grouping", "The groups of a frame's rows; each summary is a frame with a row for each group.", noun: "grouping",
            example: example + "print(groups:mean())",
            foreignNames: ["agg": "apply", "aggregate": "apply", "variance": "var"],
            members: {
                summary("mean", "Means of numbers.") { try $0.mean($1) }
                summary("sum", "Sums of numbers.") { try $0.sum($1) }
                summary("median", "Medians of numbers.") { try $0.median($1) }
                summary("std", "Standard deviations of numbers, with n - 1.") { try $0.std($1) }
                summary("var", "Variances of numbers, with n - 1.") { try $0.variance($1) }
                summary("min", "Smallest numbers.") { try $0.min($1) }
                summary("max", "Largest numbers.") { try $0.max($1) }
                summary("count", "How many values are not missing.") { try $0.count($1) }
                summary("first", "The first values that are not missing.") { try $0.first($1) }
                summary("last", "The last values that are not missing.") { try $0.last($1) }
                Function("size", "How many rows each group has.", Param("self", GroupingBox.self), returns: "frame", example: example + "print(groups:size())") { (g: GroupingBox) in FrameBox(try g.grouping.size()) }
                Function("apply", "One value for each group, computed from its rows by a function.", Param("self", GroupingBox.self), Param("name", String.self, "of the new column"), Param("fn", LuaFunction.self, "gets a frame, returns a value"), returns: "frame",
                    example: example + "print(groups:apply(\"spread\", function(rows)\n  return math.max(table.unpack(rows.age)) - math.min(table.unpack(rows.age))\nend))") { (g: GroupingBox, name: String, fn: LuaFunction) in
                    FrameBox(try g.grouping.apply(name) { try FrameBox.value(fn.call([.object(FrameBox($0))]).first ?? .nil, "apply") })
                }
                Function(raw: "__len", "Number of groups.", Param("self", GroupingBox.self), results: [.integer]) { call in
                    call.push(try GroupingBox.read(call, at: 1).grouping.groups.count)
                    return 1
                }
                Function(raw: "__tostring", "What is grouped by what.", Param("self", GroupingBox.self), results: [.string]) { call in
                    let grouping = try GroupingBox.read(call, at: 1).grouping
                    call.push("\(grouping.frame.rowCount) rows in \(grouping.groups.count) groups by " + grouping.keys.joined(separator: ", "))
                    return 1
                }
            })
    }

    private static func summary(_ name: String, _ summary: String, _ body: @escaping (Grouping, [String]?) throws -> Frame) -> Function {
        Function(name, summary, Param("self", GroupingBox.self), Param("columns", ColumnNames?.self, "all that fit when left out"), returns: "frame", example: example + "print(groups:\(name)())") { (g: GroupingBox, names: ColumnNames?) in
            FrameBox(try body(g.grouping, names?.values))
        }
    }
}

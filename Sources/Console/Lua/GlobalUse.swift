/// One place where Lua text reads or assigns a global.
struct GlobalUse: Equatable {
    let name: String
    let line: Int
    let isAssigned: Bool
    let isInFunction: Bool
}

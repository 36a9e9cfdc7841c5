import Glibc
import Testing

@testable import Console

@Suite struct HistoryTests {
    private let folder = temporaryFolder() + "/state/nightjar"

    @Test func keepsEntriesOfSeveralLines() {
        var history = History(folder: folder)
        let entries = ["print(1)", "function f()\n  return '\\n'\nend", "naïve = 'é\\'", "\\"]
        for entry in entries { history.append(entry) }
        #expect(History(folder: folder).entries == entries)
    }

    @Test func dropsEarlierEqualEntries() {
        var history = History(folder: folder)
        for entry in ["a", "b", "a"] { history.append(entry) }
        #expect(history.entries == ["b", "a"])
        #expect(History(folder: folder).entries == ["b", "a"])
    }

    @Test func twoPromptsKeepEachOthersEntries() {
        var one = History(folder: folder)
        var other = History(folder: folder)
        one.append("a")
        other.append("b")
        one.append("c")
        #expect(History(folder: folder).entries == ["a", "b", "c"])
        #expect(one.entries == ["a", "c"])
    }

    @Test func forgetsTheOldest() {
        var history = History(folder: nil)
        for number in 0..<History.limit + 10 { history.append("\(number)") }
        #expect(history.entries.count == History.limit)
        #expect(history.entries.first == "10")
    }

    @Test func readsDamagedFiles() {
        Files.makeFolders(folder)
        let bytes: [UInt8] = Array("good\n".utf8) + [0xFF, 0, 0x5C, 0x78, 10, 10] + Array("cut of\\".utf8)
        #expect(Files.replace(folder + "/history", with: bytes))
        #expect(History(folder: folder).entries == ["good", "\u{FFFD}\\x", "cut of\\"])
    }

    @Test func leavesAnUnreadableFileAlone() {
        Files.makeFolders(folder + "/history")
        var history = History(folder: folder)
        #expect(history.entries == [])
        let isSaved = history.append("a")
        #expect(!isSaved)
        #expect(history.entries == ["a"])
    }

    @Test func belongsToTheUserOnly() {
        var history = History(folder: folder)
        history.append("secret")
        var status = stat()
        #expect(stat(folder + "/history", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }
}

/// A new empty folder.
func temporaryFolder() -> String {
    var name = Array("/tmp/nightjar-XXXXXX".utf8CString)
    return mkdtemp(&name).map { String(cString: $0) } ?? "/tmp"
}

import LuaKit
import Testing

@Suite struct ObjectTests {
    @Test func methodsFieldsAndInheritance() throws {
        let runtime = try makeRuntime()
        let source = """
            local a, b = zoo.Animal("Tim"), zoo.Bird("Tom")
            b.name = "Tommy"
            return a.name, b.name, b.wings, b:greet(2), tostring(b), a:befriend(b).friend.name
            """
        #expect(try result(runtime, source) == "Tim Tommy 2 hello Tommy hello Tommy animal Tommy Tommy")
    }

    @Test func sameObjectGivesSameUserdata() throws {
        let runtime = try makeRuntime()
        let tim = Animal(name: "Tim")
        runtime[global: "tim"] = .object(tim)
        let source = """
            local seen = {[tim] = "known"}
            local other = zoo.Animal("other")
            other:befriend(tim)
            return rawequal(other.friend, tim), seen[other.friend], zoo.identity(tim) == tim
            """
        #expect(try result(runtime, source) == "true known true")
    }

    @Test func identityIsWeak() throws {
        let tally = Tally()
        let runtime = try Runtime()
        try runtime.install([Blob.namespace(tally)])
        for _ in 0..<100 {
            runtime[global: "b"] = .object(Blob(tally))
            runtime[global: "b"] = nil
        }
        runtime.collectGarbage()
        runtime.collectGarbage()
        #expect(tally.alive == 0)
    }

    @Test func freshAndFoundUserdataAreEqual() throws {
        let runtime = try makeRuntime()
        let source = """
            local a, b = zoo.Animal("a"), zoo.Animal("b")
            b:befriend(a)
            return b.friend == a, b.friend == b
            """
        #expect(try result(runtime, source) == "true false")
    }

    @Test func resurrectedObjectIsClosed() throws {
        let runtime = try makeRuntime()
        let source = """
            do
                local holder = setmetatable({animal = zoo.Animal("Tim")}, {
                    __gc = function(t) saved = t.animal end})
            end
            collectgarbage() collectgarbage()
            local ok, e = pcall(function() return saved.name end)
            local ok2, e2 = pcall(zoo.greet, saved)
            return e, e2
            """
        #expect(
            try result(runtime, source) == "test:6: field 'name' belongs to an animal, got a closed animal "
                + "test:7: zoo.greet: argument 1 'animal' must be an animal, got a closed animal")
    }

    @Test func toBeClosedVariableGivesTheObjectBack() throws {
        let tally = Tally()
        let runtime = try Runtime()
        try runtime.install([Blob.namespace(tally)])
        let source = """
            local kept
            do local b <close> = blob(); kept = b end
            local ok, e = pcall(function() return kept.alive end)
            return e
            """
        #expect(
            try result(runtime, source) == "test:3: field 'alive' belongs to a blob, got a closed blob")
        #expect(tally.alive == 0)
    }

    @Test func stateClosesWithLiveObjectsInAnyOrder() throws {
        let tally = Tally()
        do {
            let runtime = try makeRuntime()
            try runtime.install([Blob.namespace(tally)])
            let source = """
                all = {}
                for i = 1, 100 do
                    local b = blob()
                    all[i] = setmetatable({b = b, next = all[i - 1]}, {
                        __gc = function(t)
                            pcall(function() return t.b.alive end)
                            pcall(zoo.add, 1, 2)
                            pcall(function() return zoo.nothing end)
                            pcall(function() return t.b.nothing end)
                            pcall(zoo.divide, 1, 0)
                            pcall(zoo.each, 1, error)
                        end})
                end
                """
            try runtime.run(source)
            #expect(tally.alive == 100)
        }
        #expect(tally.alive == 0)
    }

    @Test func wrongReceiversAreErrors() throws {
        let runtime = try makeRuntime()
        let calls = [
            "zoo.greet(io.stdout)", "zoo.greet(setmetatable({}, {__index = zoo.Animal('x')}))",
            "zoo.Animal.befriend(1, 2)", "zoo.Animal.befriend()",
            "getmetatable(zoo.Animal('x')).befriend('text')",
            "zoo.Bird.befriend(io.stdout, io.stdout)",
        ]
        for call in calls { #expect(failure(runtime, call)?.kind == .nativeError, "\(call)") }
    }

    @Test func metatablesAreProtected() throws {
        let runtime = try makeRuntime()
        #expect(try result(runtime, "return getmetatable(zoo.Animal('x')) == zoo.Animal") == "true")
        #expect(
            failure(runtime, "setmetatable(zoo, {})")?.message.contains("protected metatable") == true)
        #expect(failure(runtime, "debug.setmetatable(zoo.Animal('x'), {})")?.kind == .runtime)
    }

    @Test func scriptsCanAddMethods() throws {
        let runtime = try makeRuntime()
        let source = "function zoo.Animal:shout() return self.name:upper() end return zoo.Animal('tim'):shout()"
        #expect(try result(runtime, source) == "TIM")
    }

    @Test func userTableLivesWithTheObject() throws {
        let runtime = try Runtime()
        let tally = Tally()
        var pushed = 0
        try runtime.install([
            Namespace("kept", "Kept.") {
                Class(
                    Animal.self, "kept.Animal", "An animal.", noun: "animal",
                    index: { call in call.pushUserField(at: 1, key: 2) },
                    newIndex: { call in
                        call.setUserField(at: 1, key: call.value(at: 2), call.value(at: 3))
                        return true
                    },
                    didPush: { animal, anchors in
                        pushed += 1
                        if let friend = animal.friend { anchors.keep(friend, "friend") }
                    }
                ) {}
            },
            Blob.namespace(tally),
        ])
        let tim = Animal(name: "Tim")
        tim.friend = Animal(name: "Tom")
        runtime[global: "tim"] = .object(tim)
        #expect(pushed == 2)
        let source = """
            tim.blob = blob(); tim.self = tim
            tim.friend.mark = 5
            collectgarbage() collectgarbage()
            return tim.friend.mark, tim.blob.alive
            """
        #expect(try result(runtime, source) == "5 1")
        runtime[global: "tim"] = nil
        runtime.collectGarbage()
        runtime.collectGarbage()
        #expect(tally.alive == 0)  // the cycle through the user table was collected
    }
}

import LuaKit
import Testing

@Suite struct SmokeTests {
    @Test func everything() throws {
        let runtime = try makeRuntime()
        let text = """
            assert(zoo.add(1, 2) == 3)
            assert(zoo.add(1) == 2)
            assert(zoo.add{a=1, b=5} == 6)
            print(zoo.divide(7, 2))
            print(zoo.feed(1,2,3))
            print(zoo.feed{1,2,3,diet="fish"})
            print(zoo.feed(1,2,{diet="fish", scale=2}))
            local a = zoo.Animal("Tim")
            print(a, a.name, a:greet(2))
            local b = zoo.Bird("Tom")
            b.name = "Tommy"
            print(b, b.name, b.wings, b:befriend(a), b.friend == a)
            zoo.each(2, print)
            for _, f in ipairs{
              function() zoo.add("x") end, function() zoo.add() end, function() zoo.add(1,2,3) end,
              function() zoo.add(1,{c=2}) end, function() zoo.ad(1) end, function() return zoo.vogel end,
              function() a.greet(2) end, function() a:greet(2.5) end, function() a.name = 3 end,
              function() a.wings = 3 end, function() return a.wing end, function() b.wings = 2 end,
              function() zoo.divide(1, 0) end, function() zoo.feed(1,2,{diet="fisch"}) end,
              function() zoo.feed(1,"a") end, function() zoo.feed() end, function() zoo.greet() end,
              function() zoo.each(1, 2) end, function() a:befriend(zoo) end, function() a:befriend() end,
              function() zoo.Animal(1) end, function() a:add() end,
            } do print(select(2, pcall(f))) end
            """
        try runtime.run(text, name: "=t")
    }
}

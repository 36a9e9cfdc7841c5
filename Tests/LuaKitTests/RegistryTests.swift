import LuaKit
import Testing

@Suite struct RegistryTests {
    /// A small shop with one of everything.
    static func shop() -> Namespace {
        Namespace("shop", "Things to buy.", call: Function("shop", "", Param("name", String.self, "its name"), returns: "animal") { name in Animal(name: name) }) {
            Function(
                "shop.price", "The price of an animal.",
                Param("animal", Animal.self, shape: "[1]", "what to buy"),
                Param("count", Int.self, default: 1, "how many"),
                Param("currency", Diet.self, default: .fish, "what it is paid in"), returns: "number",
                details: "Birds cost more.", example: "print(shop.price(shop(\"Tim\")))",
                see: ["shop.sum"]
            ) { animal, count, _ in Double(count * animal.name.count) }
            Function(
                "shop.sum", "Adds up prices.", Param("prices", Variadic<Double>.self, "what to add"),
                Param("tax", Double?.self, "part added"), example: "print(shop.sum(1, 2))"
            ) { prices, tax in (prices.values.reduce(0, +), tax) }
            Class(
                Animal.self, "shop.Animal", "An animal for sale.", noun: "animal", methodsFrom: ["shop"]
            ) {
                Property("name", "What it is called.", of: Animal.self, get: { $0.name }, set: { $0.name = $1 })
                Property("size", "Letters in its name.", of: Animal.self) { $0.name.count }
                Function("sell", "Sells it.", Param("self", Animal.self), Param("to", String?.self, "buyer"), example: "shop(\"Tim\"):sell()") { _, _ in }
                Function(raw: "__add", "Joins names.", Param("a", Animal.self), Param("b", Animal.self), results: [.string]) { call in
                    call.push("joined")
                    return 1
                }
            }
            Constant("shop.open", "Whether it is open.", true)
        }
    }

    @Test func helpOnFunction() {
        let registry = Registry([Self.shop()])
        #expect(
            registry.help(on: "shop.price") == """
                shop.price(animal, [count], [currency]) → number
                  The price of an animal.

                  Birds cost more.

                  animal    animal [1]                what to buy
                  count     integer                   how many (default 1)
                  currency  "seeds"|"insects"|"fish"  what it is paid in (default "fish")

                  Also a method: animal:price([count], [currency])

                Example:
                  print(shop.price(shop("Tim")))

                See also: shop.sum

                """)
    }

    @Test func helpOnClassAndNamespace() {
        let registry = Registry([Self.shop()])
        #expect(
            registry.help(on: "shop.Animal") == """
                shop.Animal
                  An animal for sale.

                Fields:
                  name  What it is called.
                  size  Letters in its name.

                Methods:
                  sell   Sells it.
                  price  The price of an animal.

                """)
        #expect(
            registry.help(on: "shop") == """
                shop(name) → animal
                  Things to buy.

                  name  string  its name

                Functions:
                  price  The price of an animal.
                  sum    Adds up prices.

                Classes:
                  Animal  An animal for sale.

                Values:
                  open  Whether it is open.

                """)
        #expect(registry.help(on: "Animal") == registry.help(on: "shop.Animal"))
        #expect(registry.help(on: "sell") == registry.help(on: "shop.Animal:sell"))
        #expect(registry.help(on: "shop.Animal.name").hasPrefix("shop.Animal.name: string\n"))
    }

    @Test func helpSearchesAndSuggests() {
        let registry = Registry([Self.shop()])
        #expect(registry.help(on: "prices") == "  shop.sum  Adds up prices.\n")
        #expect(registry.help(on: "pirce") == "Nothing about \"pirce\". Did you mean price?\n")
        #expect(registry.search("cost more").map(\.path) == ["shop.price"])
        #expect(registry.overview().hasPrefix("  shop  Things to buy.\n"))
    }

    @Test func helpOnValues() throws {
        let runtime = try Runtime()
        try runtime.install([Self.shop()])
        func path(_ expression: String) throws -> String? {
            runtime.declaration(of: try runtime.run("return \(expression)")[0])?.path
        }
        #expect(try path("shop.price") == "shop.price")
        #expect(try path("shop('x').price") == "shop.price")
        #expect(try path("shop('x').sell") == "shop.Animal:sell")
        #expect(try path("shop('x')") == "shop.Animal")
        #expect(try path("shop") == "shop")
        #expect(try path("shop.Animal") == "shop.Animal")
        #expect(try path("print") == nil)
        #expect(runtime.help(on: .integer(1)).hasPrefix("There is no help on this number."))
    }

    @Test func completion() throws {
        let runtime = try Runtime()
        try runtime.install([Self.shop()])
        try runtime.run(
            """
            tim = shop("Tim")
            text = "x"
            object = setmetatable({own = 1, _hidden = 2}, {__index = {inherited = 1}})
            trap = setmetatable({}, {__index = function() error("touched") end})
            """)
        func complete(_ word: String) -> [String] { runtime.completions(for: word).map(\.text) }
        #expect(complete("sh") == ["shop"])
        #expect(complete("shop.") == ["shop.Animal", "shop.open", "shop.price", "shop.sum"])
        #expect(complete("shop.pr") == ["shop.price"])
        #expect(complete("tim:") == ["tim:price", "tim:sell"])
        #expect(complete("tim.") == ["tim.name", "tim.price", "tim.sell", "tim.size"])
        #expect(complete("text:up") == ["text:upper"])
        #expect(complete("object.") == ["object.inherited", "object.own"])
        #expect(complete("object._") == ["object._hidden"])
        #expect(complete("trap.x.y") == [])
        #expect(complete("string.f").contains("string.format"))
        #expect(complete("whi") == ["while"])
        #expect(complete("nothing.x") == [])
        #expect(runtime.completions(for: "shop.pr")[0].summary == "The price of an animal.")
        #expect(runtime.completions(for: "shop.pr")[0].kind == .function)
    }

    @Test func stubs() {
        #expect(
            Registry([Self.shop()]).stubs() == """
                ---@meta

                ---Things to buy.
                ---@class shop
                ---@overload fun(name: string): shop.Animal
                shop = {}

                ---Whether it is open.
                ---@type boolean
                shop.open = nil

                ---The price of an animal.
                ---
                ---Birds cost more.
                ---
                ---```lua
                ---print(shop.price(shop("Tim")))
                ---```
                ---@param animal shop.Animal [1] what to buy
                ---@param count? integer how many (default 1)
                ---@param currency? "seeds"|"insects"|"fish" what it is paid in (default "fish")
                ---@return number
                ---@overload fun(animal: shop.Animal, options?: {count?: integer, currency?: "seeds"|"insects"|"fish"}): number
                function shop.price(animal, count, currency) end

                ---Adds up prices.
                ---
                ---```lua
                ---print(shop.sum(1, 2))
                ---```
                ---@param ... number what to add
                ---@return number, number?
                ---@overload fun(prices: number[], options?: {tax?: number}): number, number?
                function shop.sum(...) end

                ---An animal for sale.
                ---@class shop.Animal
                ---@field name string What it is called.
                ---@field size integer Letters in its name.
                ---@operator add(shop.Animal): string
                shop.Animal = {}

                ---Sells it.
                ---
                ---```lua
                ---shop("Tim"):sell()
                ---```
                ---@param to? string buyer
                ---@overload fun(self: shop.Animal, options?: {to?: string})
                function shop.Animal:sell(to) end

                ---The price of an animal.
                ---
                ---Birds cost more.
                ---
                ---```lua
                ---print(shop.price(shop("Tim")))
                ---```
                ---@param count? integer how many (default 1)
                ---@param currency? "seeds"|"insects"|"fish" what it is paid in (default "fish")
                ---@return number
                ---@overload fun(animal: shop.Animal, options?: {count?: integer, currency?: "seeds"|"insects"|"fish"}): number
                function shop.Animal:price(count, currency) end

                """)
    }

    @Test func markdown() {
        #expect(
            Registry([Self.shop()]).markdown() == #"""
                # shop

                `shop(name) → animal`

                Things to buy.

                - `shop.open` (boolean): Whether it is open.

                ## shop.price

                `shop.price(animal, [count], [currency]) → number`

                The price of an animal.

                Birds cost more.

                Also a method: `animal:price([count], [currency])`

                | parameter | type | default | |
                | --- | --- | --- | --- |
                | `animal` | animal [1] |  | what to buy |
                | `count` | integer | `1` | how many |
                | `currency` | "seeds"\|"insects"\|"fish" | `"fish"` | what it is paid in |

                ```lua
                print(shop.price(shop("Tim")))
                ```

                See also [`shop.sum`](#shopsum).

                ## shop.sum

                `shop.sum(prices…, [tax]) → number, number`

                Adds up prices.

                | parameter | type | default | |
                | --- | --- | --- | --- |
                | `prices` | number… |  | what to add |
                | `tax` | number |  | part added |

                ```lua
                print(shop.sum(1, 2))
                ```

                ## shop.Animal

                An animal for sale.

                | field | type | |
                | --- | --- | --- |
                | `name` | string | What it is called. |
                | `size` | integer | Letters in its name. Read only. |

                ### shop.Animal:sell

                `shop.Animal:sell([to])`

                Sells it.

                | parameter | type | default | |
                | --- | --- | --- | --- |
                | `to` | string |  | buyer |

                ```lua
                shop("Tim"):sell()
                ```

                Methods of `shop.Animal` that are functions too: [`shop.price`](#shopprice).

                """#)
    }

    @Test func problemsAreFound() {
        #expect(Registry(Zoo.namespaces).problems() == [])
        let bad = Namespace("bad", "No full stop") {
            Function("bad.twice", "One.", example: "bad.twice()") {}
            Function("bad.twice", "Two.", example: "bad.twice()") {}
            Function("bad.bare", "", Param("x", Int.self), Param("x", Int.self, "again"), see: ["bad.none"]) { _, _ in }
        }
        #expect(
            Registry([bad]).problems() == [
                "bad.twice: declared twice",
                "bad: the summary does not end like a sentence",
                "bad.bare: no summary",
                "bad.bare: no example",
                "bad.bare: see also bad.none, which does not exist",
                "bad.bare: two parameters named 'x'",
                "bad.bare: parameter 'x' has no doc",
            ])
    }

    @Test func examplesRun() throws {
        for namespaces in [Zoo.namespaces, [Self.shop()]] {
            let runtime = try Runtime(.init(output: { _ in }))
            try runtime.install(namespaces)
            for declaration in runtime.registry.declarations where !declaration.example.isEmpty {
                try runtime.run(declaration.example, name: "=" + declaration.path)
            }
        }
    }
}

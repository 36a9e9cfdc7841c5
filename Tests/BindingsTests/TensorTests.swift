import Testing

/// Tensors as scripts see them: what is printed.
@Suite struct TensorTests {
    static let table: [(String, String)] = [
        ("print(tensor{1, 2, 3}:sum())", "6  [] float32"),
        ("print(tensor{{1, 2}, {3, 4}}[2][1]:item())", "3.0"),
        ("print(tensor({1, 2}, {dtype='int64'}):sum():item())", "3"),
        ("print(tensor{true, false}.dtype, tensor{1}.dtype, tensor.range(1, 3).dtype, tensor.range(1, 2, 0.5).dtype)", "bool\tfloat32\tint64\tfloat32"),
        ("print(tensor(7).shape[1], tensor(7):totable())", "nil\t7.0"),
        ("local x = tensor{1, 2, 3} print(#x, x[4], x[-1]:item())", "3\tnil\t3.0"),
        ("for i, row in ipairs(tensor{{1, 2}, {3, 4}}) do print(i, row:sum():item()) end", "1\t3.0\n2\t7.0"),
        ("local x = tensor{{1, 2, 3}, {4, 5, 6}} print(x[{ {}, {2, 3} }]:sum():item(), x['2, 1:2']:sum():item(), x[{2, -1}]:item())", "16.0\t9.0\t6.0"),
        ("local x = tensor{1, -2, 3} x[x:lt(0)] = 0 print(x:sum():item())", "4.0"),
        ("local x = tensor.zeros(2, 3) x[2] = 5 x[{1, 1}] = 1 print(x:sum():item())", "16.0"),
        ("local x = tensor{10, 20, 30} print(x[tensor{3, 1}]:totable()[1])", "30.0"),
        ("local v, i = tensor{{3, 1}, {2, 4}}:max(2) print(v:totable()[2], i:totable()[2])", "4.0\t2"),
        ("print((tensor({7, -7}, {dtype='int64'}) // 2):totable()[2], (tensor{7} % -3):item())", "-4\t-2.0"),
        ("print((tensor({1}, {dtype='int64'}) + 1).dtype, (tensor({1}, {dtype='int64'}) + 2.0).dtype)", "int64\tfloat32"),
        ("local l = tensor(2) print(l < 3, l <= 1, 1 < l, l == tensor(2))", "true\tfalse\ttrue\ttrue"),
        ("print(math.max(1, tensor{1, 2}:numel()), #tensor.zeros{2, 3, dtype='int32'}:t())", "2\t3"),
        ("print(tensor{0, 1}:equal(tensor{0, 1}), (2 - tensor{1}):item(), (2 ^ tensor{3}):item())", "true\t1.0\t8.0"),
        ("print(tensor.randperm(4):sum():item(), tensor.randint(3, 3, {2}):sum():item())", "10\t6"),
    ]

    @Test(arguments: table.indices)
    func prints(_ index: Int) throws {
        let (text, expected) = TensorTests.table[index]
        #expect(try printed(text) == expected)
    }

    /// Lua sees 24-byte boxes; the collector must feel the megabytes behind them.
    @Test func memoryStaysFlatWithoutCollectgarbage() throws {
        let peak = try Script().run("""
            local a, b = tensor.ones(500, 500), tensor.ones(500, 500)
            nj.reset_peak_memory()
            local before = nj.memory().tensor
            for i = 1, 3000 do local c = a + b end
            return nj.memory().peak - before
            """).first?.int ?? .max
        #expect(peak < 100_000_000)
    }

    /// A hook that holds the tensor it is on keeps it only until the graph is freed.
    @Test func hooksLetGraphsGo() throws {
        let kept = try Script().run("""
            local w = tensor.ones(100, 100, {requires_grad=true})
            local before = nj.memory().tensor
            for i = 1, 200 do
                local y = w * 1
                y:register_hook(function() return y end)
                y:sum():backward()
                w:zero_grad()
            end
            collectgarbage() collectgarbage()
            return nj.memory().tensor - before
            """).first?.int ?? .max
        #expect(kept < 1_000_000)
    }

    @Test func sameSeedSameNumbers() throws {
        let text = "tensor.manual_seed(7) local s = {} for _, x in ipairs{tensor.rand(5), tensor.randn(5), tensor.randperm(5)} do s[#s + 1] = tostring(x) end print(table.concat(s))"
        #expect(try printed(text) == printed("nj.set_num_threads(1) " + text + " nj.set_num_threads(2)"))
    }
}

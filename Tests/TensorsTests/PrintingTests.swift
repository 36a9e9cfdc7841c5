import Testing
import TestSupport
@testable import Tensors

/// Exact texts, as one sees them at the prompt, which counts from 1.
@Suite struct PrintingTests {
    let options = PrintOptions(base: 1)

    func text(_ tensor: Tensor, width: Int = 80) -> String {
        var options = options
        options.width = width
        return tensor.formatted(options)
    }

    @Test func singleNumbers() throws {
        #expect(try text(Tensor(3.14159265)) == "3.142  [] float32")
        #expect(try text(Tensor(2)) == "2  [] float32")
        #expect(try text(Tensor(true, .bool)) == "true  [] bool")
        #expect(try text(Tensor(.int(.max), .int64)) == "9223372036854775807  [] int64")
        #expect(try text(Tensor(.double(.nan))) == "nan  [] float32")
        #expect(try text(Tensor(1e-30)) == "1.000e-30  [] float32")
    }

    @Test func vectors() throws {
        #expect(try text(tensor([1, 2.5, -3], nil, .float32)) == "1.0  2.5  -3.0\n[3] float32")
        #expect(try text(Tensor([true, false])) == "true  false\n[2] bool")
        #expect(try text(Tensor([Int64(1), -200, 30])) == "1  -200  30\n[3] int64")
        #expect(try text(tensor([0.5, 0.25])) == "0.50  0.25\n[2] float64")
        #expect(try text(tensor([123456.7, 1.5])) == "123456.7       1.5\n[2] float64".replacing("       ", with: "  "))
        #expect(try text(tensor([0, 0])) == "0  0\n[2] float64")
        #expect(try text(tensor([0.1, 1 / 3.0])) == "0.1000  0.3333\n[2] float64")
    }

    @Test func mixedMagnitudes() throws {
        #expect(try text(tensor([1e-8, 1e8])) == "1.000e-08  1.000e+08\n[2] float64")
        #expect(try text(tensor([1e-8, 0, 1e8])) == "1.000e-08  0  1.000e+08\n[3] float64")
        #expect(try text(tensor([1, 2.5, 1e-8, 1e8, 0.3, 0.1, 0, 3, 4]))
            == "1.0  2.5  1.000e-08  1.000e+08  0.3  0.1  0.0  3.0  4.0\n[9] float64")
        #expect(try text(tensor([1065, 0.28, 3.92, 14.23], [2, 2])) == "1065.00     0.28\n   3.92    14.23\n[2, 2] float64")
        #expect(try text(tensor([-0.0012982, 0.0006641])) == "-0.0012982  0.0006641\n[2] float64")
    }

    @Test func special() throws {
        #expect(try text(tensor([.nan, 1.5, .infinity, -.infinity], [2, 2])) == " nan   1.5\n inf  -inf\n[2, 2] float64")
        #expect(try text(Tensor.zeros([0, 3])) == "(no elements)\n[0, 3] float32")
        #expect(try text(Tensor.zeros([0])) == "(no elements)\n[0] float32")
    }

    @Test func matrices() throws {
        let x = try tensor([1, 2, 3, -4, 5.5, 6], [2, 3])
        #expect(text(x) == " 1.0   2.0   3.0\n-4.0   5.5   6.0\n[2, 3] float64")
        #expect(try text(strided(x)) == text(x))
        #expect(try text(tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])) == """
            [1, :, :]
            1  2
            3  4
            [2, :, :]
            5  6
            7  8
            [2, 2, 2] float64
            """)
        #expect(try text(Tensor.range(1, 4).reshape([1, 1, 2, 2])) == "[1, 1, :, :]\n1  2\n3  4\n[1, 1, 2, 2] int64")
    }

    @Test func fittedToTheWidth() throws {
        #expect(try text(Tensor.range(8, 14), width: 16) == """
            [1]   8   9  10
            [4]  11  12  13
            [7]  14
            [7] int64
            """)
        #expect(try text(Tensor.range(1, 10).reshape([2, 5]), width: 10) == """
            [:, 1:3]
             1   2   3
             6   7   8
            [:, 4:5]
             4   5
             9  10
            [2, 5] int64
            """)
        #expect(try text(Tensor.range(1, 2), width: 1) == "[1]  1\n[2]  2\n[2] int64")
    }

    @Test func longOnesShowTheirEnds() throws {
        #expect(try text(Tensor.range(1, 1001)) == "1  2  3  ...  999  1000  1001\n[1001] int64")
        #expect(try text(Tensor.range(1, 1200).reshape([300, 4])) == """
               1     2     3     4
               5     6     7     8
               9    10    11    12
             ...   ...   ...   ...
            1189  1190  1191  1192
            1193  1194  1195  1196
            1197  1198  1199  1200
            [300, 4] int64
            """)
        let wide = try text(Tensor.range(1, 1600).reshape([40, 40]), width: 24)
        #expect(wide.split(separator: "\n").allSatisfy { $0.utf8.count <= 24 })
        #expect(wide.hasPrefix("[:, 1:3]\n   1     2     3  ...\n  41    42    43  ..."))
        let options = PrintOptions(precision: 2, threshold: 4, edgeitems: 1)
        #expect(try tensor([0.123456, 2, 3, 4, 0.5]).formatted(options) == "0.12  ...  0.50\n[5] float64")
    }
}

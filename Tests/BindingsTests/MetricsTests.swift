import Testing

/// Metrics as scripts see them; labels are 1 and 2, and 2 is positive.
@Suite struct MetricsTests {
    static let table: [(String, String)] = [
        ("print(metrics.accuracy(tensor{{0.9, 0.1}, {0.2, 0.8}}, tensor{1, 1}))", "0.5"),
        ("print(metrics.accuracy(tensor{true, false}, tensor{2, 2}))", "0.5"),
        ("print(metrics.precision(tensor{1, 2, 2, 1}, tensor{1, 2, 1, 1}), metrics.recall(tensor{1, 2, 2, 1}, tensor{1, 2, 1, 2}))", "0.5\t0.5"),
        ("print(metrics.f1(tensor{1, 2, 2, 1}, tensor{1, 2, 1, 1}, {positive=1}))", "0.8"),
        ("print(metrics.recall(tensor{1, 2, 3}, tensor{1, 2, 2}, {average=\"none\"}):totable()[2])", "0.5"),
        ("print(metrics.precision(tensor{1, 1}, tensor{1, 1}), metrics.precision(tensor{1, 1}, tensor{1, 1}, {zero_division=1}))", "0.0\t1.0"),
        ("print(metrics.f1(tensor{{0.9, 0.1}, {0.2, 0.8}}, tensor{1, 2}, {positive=1, classes={1, 2}}))", "1.0"),
        ("print(metrics.roc_auc(tensor{0.1, 0.8, 0.4, 0.3}, tensor{1, 2, 2, 1}))", "1.0"),
        ("local fpr, tpr, t = metrics.roc_curve(tensor{0.1, 0.8, 0.4, 0.3}, tensor{1, 2, 2, 1}) print(#fpr, #tpr, t[1]:item())", "4\t4\tinf"),
        ("print(metrics.top_k_accuracy(tensor{{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}, tensor{2, 1}))", "0.5"),
        ("print(metrics.mse(tensor{{1, 2}, {3, 4}}, tensor{{1, 0}, {3, 0}}, {raw=true}):totable()[2])", "10.0"),
        ("print(metrics.perplexity(tensor{{0, 0}, {0, 0}}, tensor{1, 2}, {ignore_index=1}))", "2.0"),
        ("print(metrics.bleu(\"a b c d\", \"a b c d\"), metrics.bleu({1, 2}, {{1, 3}}, {max_n=1}))", "1.0\t0.5"),
        ("local m = metrics.F1{average=\"macro\"} m:update(tensor{1, 2}, tensor{1, 1}) m:update(tensor{2}, tensor{2}) print(m.name, m:compute() == metrics.f1(tensor{1, 2, 2}, tensor{1, 1, 2}, {average=\"macro\"}))", "f1\ttrue"),
        ("local t = metrics.confusion_matrix(tensor{1, 2, 2}, tensor{1, 2, 1}) print(t.classes[2], t.labels[1], t.counts[{1, 2}]:item(), t:normalized()[{1, 1}]:item())", "2\t1\t1\t0.5"),
        ("local r = metrics.classification_report(tensor{1, 2, 2}, tensor{1, 2, 1}, {classes={\"cat\", \"dog\"}}) print(r.classes[1], r.majority, r.support:totable()[1], r.macro.recall)", "cat\t1\t2\t0.75"),
    ]

    @Test(arguments: table.indices)
    func prints(_ index: Int) throws {
        let (text, expected) = MetricsTests.table[index]
        #expect(try printed(text) == expected)
    }

    @Test func tablesPrintNamesAndTheBaseline() throws {
        let text = try printed("""
            local p, t, names = tensor{1, 2, 2}, tensor{1, 2, 1}, {classes={"cat", "dog"}}
            print(metrics.confusion_matrix(p, t, names))
            print(metrics.classification_report(p, t, names))
            """)
        for part in ["rows: targets, columns: predictions", "dog", "precision", "always answering \"cat\" scores 0.667"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func fitTakesNamesAndObjects() throws {
        let script = try Script()
        let setting = "local set = data.TensorDataset(tensor.randn(20, 2), tensor.randint(1, 2, {20}))\nlocal model = nn.Linear(2, 2)\n"
        try script.run(setting + """
            local history = model:fit(set, {epochs=2, loss="cross_entropy", metrics={"accuracy", metrics.FBeta{beta=2}}, verbose=false})
            assert(#history.accuracy == 2 and #history.fbeta == 2)
            assert(model:evaluate(set).fbeta)
            """)
        let message = script.error(setting + "model:fit(set, {loss=\"cross_entropy\", metrics={\"acuracy\"}})")
        #expect(message?.contains("Did you mean \"accuracy\"?") == true)
    }
}

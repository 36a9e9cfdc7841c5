-- Every statement of the contract on metrics, as a line that holds; `same` and `fails` come from the test.
local T, M = tensor, metrics
local p, t = T{2, 1, 2, 2, 1}, T{2, 1, 1, 2, 2}
local p3, t3 = T{1, 2, 3, 3, 1, 2}, T{1, 2, 2, 3, 3, 1}

-- Predictions first, targets second; of classes 1 and 2 the greater is positive
same(M.accuracy(p, t), 0.6); same(math.type(M.accuracy(p, t)), "float"); same(M.precision(p, t), 2 / 3); same(M.recall(p, t), 2 / 3); same(M.f1(p, t), 2 / 3); same(M.recall(T{1, 1, 2}, T{1, 2, 2}), 0.5); same(M.precision(T{1, 1, 2}, T{1, 2, 2}), 1)
same(M.precision(p, t, {positive = 1}), 0.5); same(M.fbeta(T{1, 1, 2}, T{1, 2, 2}, 2), 5 / 9); same(M.fbeta(T{1, 1, 2}, T{1, 2, 2}, {beta = 0.5}), 1.25 * 0.5 / (0.25 + 0.5)); same(M.balanced_accuracy(p, t), (0.5 + 2 / 3) / 2); same(M.hamming(p, t), 0.4); same(M.jaccard(p, t), 0.5)
same(M.matthews(p, t), 1 / 6); same(M.cohen_kappa(p, t), 1 / 6)
-- Averages: binary for two classes, else macro
same(M.f1(p3, t3), M.f1(p3, t3, {average = "macro"})); same(M.f1(p, t), M.f1(p, t, {average = "binary"})); same(M.f1(p3, t3, {average = "micro"}), 0.5); same(M.precision(p3, t3, {average = "none"}), {0.5, 0.5, 0.5}); same(M.recall(p3, t3, {average = "weighted"}), 0.5); same(M.recall(p3, t3, {average = "none"}).shape, {3})
fails("\"binary\" measures one of two", function() return M.f1(p3, t3, {average = "binary"}) end)
fails("option 'average' must be one of", function() return M.f1(p3, t3, {average = "mean"}) end)
-- Classes are the union of those seen, unless given
same(M.precision(T{1, 3}, T{1, 1}, {average = "none"}), {1, 0}); same(M.precision(T{1, 3}, T{1, 1}, {average = "none", classes = {1, 2, 3}}), {1, 0, 0}); same(M.confusion_matrix(T{1, 3}, T{1, 1}).labels, {1, 3}); same(M.confusion_matrix(T{1, 3}, T{1, 1}, {classes = {"a", "b", "c"}}).counts, {{1, 0, 1}, {0, 0, 0}, {0, 0, 0}})
same(M.recall(T{1, 3}, T{1, 1}, {average = "macro", zero_division = 1}), 0.75)
-- Scores [N, C] stand for the class with the highest
local scores = T{{0.1, 0.9}, {0.8, 0.2}, {0.3, 0.7}, {0.4, 0.6}, {0.6, 0.4}}
for _, name in ipairs{"accuracy", "balanced_accuracy", "precision", "recall", "f1", "fbeta", "jaccard", "hamming", "matthews", "cohen_kappa"} do same(M[name](scores, t), M[name](p, t)) end
same(M.top_k_accuracy(T{{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}, T{2, 1}, 2), 0.5); same(M.top_k_accuracy(T{{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}, T{2, 1}, {k = 3}), 1)
-- Rows of a confusion matrix are targets
local cm = M.confusion_matrix(T{1, 2, 2}, T{1, 2, 1}, {classes = {"cat", "dog"}})
same(cm.counts, {{1, 1}, {0, 1}}); same(cm.classes, {"cat", "dog"}); same(cm:normalized(), {{0.5, 0.5}, {0, 1}}); same(tostring(cm):find("dog") ~= nil, true); same(cm:normalized("pred"), {{1, 0.5}, {0, 0.5}}); same(cm:normalized("all"), {{1 / 3, 1 / 3}, {0, 1 / 3}})
-- The report prints the majority baseline
local report = M.classification_report(T{1, 2, 2, 2}, T{1, 2, 2, 1}, {classes = {"no", "yes"}})
same(report.accuracy, 0.75); same(report.baseline, 0.5); same(report.precision, {1, 2 / 3}); same(report.support, {2, 2}); same(report.majority, 1); same(tostring(report):find('always answering "no" scores 0.500', 1, true) ~= nil, true); same(report.macro.recall, 0.75); same(report.weighted.f1, (2 / 3 + 0.8) / 2)
-- Ranking
local s, y = T{0.1, 0.4, 0.35, 0.8}, T{1, 1, 2, 2}
local fpr, tpr, thresholds, curve = M.roc_curve(s, y)
same(fpr, {0, 0, 0.5, 0.5, 1}); same(tpr, {0, 0.5, 0.5, 1, 1}); same(thresholds, {math.huge, 0.8, 0.4, 0.35, 0.1}); same(tostring(curve):find("area") ~= nil, true)
same(M.roc_auc(s, y), 0.75); same(M.roc_auc(T{0.5, 0.5}, T{1, 2}), 0.5); same(M.roc_auc(s, y, {positive = 1}), 0.25); same(M.average_precision(s, y), 0.5 + 0.5 * 2 / 3)
local precision, recall, at = M.pr_curve(s, y) same(precision, {0.5, 2 / 3, 0.5, 1, 1}); same(recall, {1, 1, 0.5, 0.5, 0}); same(at, {0.1, 0.35, 0.4, 0.8})
local three = T{{0.7, 0.2, 0.1}, {0.2, 0.5, 0.3}, {0.1, 0.3, 0.6}, {0.3, 0.4, 0.3}}
same(M.roc_auc(three, T{1, 2, 3, 1}, {average = "macro", multi_class = "ovr"}), (1 + 1 + (2 + 0.5 + 0.5) / 3) / 3); same(M.roc_auc(three, T{1, 2, 3, 1}, {average = "none"}).shape, {3})
same(M.log_loss(T{0.9, 0.1}, T{2, 1}), -math.log(0.9)); same(M.log_loss(T{1.0, 1.0}, T{2, 2}), 0, 1e-6); same(M.brier(T{0.9, 0.1}, T{2, 1}), 0.01)
local observed, predicted = M.calibration_curve(T{0.1, 0.2, 0.8, 0.9}, T{1, 1, 2, 2}, {n_bins = 2}) same(observed, {0, 1}); same(predicted, {0.15, 0.85}); same((M.calibration_curve(T{0.1, 0.2, 0.8, 0.9}, T{1, 2, 2, 2}, {n_bins = 2, strategy = "quantile"})), {0.5, 1})
-- Values
local a, b = T{2.5, 0, 2, 8}, T{3, -0.5, 2, 7}
same(M.mse(a, b), 0.375); same(M.rmse(a, b), math.sqrt(0.375)); same(M.mae(a, b), 0.5); same(M.mape(a, b), (0.5 / 3 + 1 + 0 + 1 / 7) / 4); same(M.r2(a, b), 1 - 1.5 / 29.1875); same(M.explained_variance(a, b), 1 - 0.3125 * 4 / 29.1875); same(M.max_error(a, b), 1)
same(M.mse(T{{1, 2}, {3, 4}}, T{{1, 1}, {3, 2}}, {raw = true}), {0, 2.5}); same(M.mse(T{{1}, {3}}, T{1, 2}), 0.5)
same(M.perplexity(T{{0, 0}, {0, 0}}, T{1, 2}), 2); same(M.perplexity(T{{0, 0}, {9, 0}}, T{1, 2}, {ignore_index = 2}), 2)
same(M.bleu("the cat sat on the mat", "the cat sat on the mat"), 1); same(M.bleu({"a", "b"}, {{"a", "c"}}, {max_n = 1}), 0.5); same(M.bleu("a b", "a c", {max_n = 2, smooth = true}), math.sqrt(0.5 * 0.5)); same(M.bleu("a", "b"), 0)
same(M.silhouette(T{{0, 0}, {0, 1}, {5, 5}, {5, 6}}, T{1, 1, 2, 2}) > 0.8, true)
-- Objects with update, compute and reset give what the functions give
local classes = {accuracy = "Accuracy", balanced_accuracy = "BalancedAccuracy", precision = "Precision", recall = "Recall", f1 = "F1", fbeta = "FBeta", jaccard = "Jaccard", hamming = "Hamming", matthews = "Matthews", cohen_kappa = "CohenKappa"}
for name, object in pairs(classes) do
    local m = M[object]()
    m:update(p3["1:2"], t3["1:2"]) m:update(p3["3:"], t3["3:"])
    same(m:compute(), M[name](p3, t3))
    m:reset() m:update(p, t) same(m:compute(), M[name](p, t)); same(m.name, name)
end
for name, object in pairs{roc_auc = "ROCAUC", average_precision = "AveragePrecision", log_loss = "LogLoss", brier = "Brier", mse = "MSE", rmse = "RMSE", mae = "MAE", mape = "MAPE", r2 = "R2", explained_variance = "ExplainedVariance", max_error = "MaxError"} do
    local m = M[object]()
    m:update(s["1:1"], y["1:1"]) m:update(s["2:"], y["2:"])
    same(m:compute(), M[name](s, y))
end
for name, object in pairs{top_k_accuracy = "TopKAccuracy", perplexity = "Perplexity"} do local m = M[object]() m:update(three["1:2"], T{1, 2}) m:update(three["3:"], T{3, 1}) same(m:compute(), M[name](three, T{1, 2, 3, 1})) end
local roc = M.ROCCurve() roc:update(s, y) same((roc:compute()), fpr); local pr = M.PRCurve() pr:update(s, y) same((pr:compute()), precision); local cal = M.CalibrationCurve{n_bins = 2} cal:update(s, y) same(#(cal:compute()) > 0, true)
local matrix = M.ConfusionMatrix{classes = {"cat", "dog"}} matrix:update(T{1}, T{1}) matrix:update(T{2, 2}, T{2, 1}) same(matrix:compute().counts, {{1, 1}, {0, 1}})
local plain = M.ConfusionMatrix({}) plain:update(T{1}, T{2}) same(plain:compute().counts, {{0, 0}, {1, 0}}); local full = M.ClassificationReport{} full:update(T{1, 2}, T{1, 2}) same(full:compute().accuracy, 1)
local average = M.F1{average = "none"} average:update(p3, t3) same(average:compute(), M.f1(p3, t3, {average = "none"}))
local bleu = M.BLEU{max_n = 1} bleu:update("a b", "a c") bleu:update("a", "a") same(bleu:compute(), 2 / 3)
local clusters = M.Silhouette() clusters:update(T{{0, 0}, {0, 1}}, T{1, 1}) clusters:update(T{{5, 5}, {5, 6}}, T{2, 2}) same(clusters:compute(), M.silhouette(T{{0, 0}, {0, 1}, {5, 5}, {5, 6}}, T{1, 1, 2, 2}))
-- Wrong input
for _, name in ipairs{"accuracy", "precision", "f1", "mse", "r2", "roc_auc", "log_loss", "matthews", "confusion_matrix"} do
    fails("there are no values to measure", function() return M[name](T.zeros(0), T.zeros(0)) end)
    fails("[3]", function() return M[name](T{1, 2}, T{1, 2, 1}) end)
    fails("argument 2 'targets' is missing", function() return M[name](T{1, 2}) end)
end
for _, object in ipairs{"Accuracy", "F1", "MSE", "ROCAUC"} do fails("there are no values to measure", function() return M[object]():compute() end) end
for _, name in ipairs{"mse", "rmse", "mae", "mape", "r2", "explained_variance", "max_error", "roc_auc", "average_precision", "log_loss", "brier", "roc_curve", "pr_curve"} do fails("NaN", function() return M[name](T{0 / 0, 0.5}, T{1, 2}) end) end
for _, name in ipairs{"precision", "f1", "matthews"} do fails("whole numbers", function() return M[name](T{1, 2}, T{1.5, 2}) end) end
same(M.f1(T{1, 1}, T{1, 1}), 0); same(M.accuracy(T{1, 1}, T{1, 1}), 1); same(M.matthews(T{1, 1}, T{1, 1}), 0); same(M.balanced_accuracy(T{1, 1}, T{1, 1}), 1); same(M.r2(T{1, 2}, T{2, 2}), 0); same(M.r2(T{2, 2}, T{2, 2}), 1)
local undefined = M.roc_auc(T{0.1, 0.2}, T{1, 1}) same(undefined ~= undefined, true)
fails("there must be 2 to N - 1 clusters", function() return M.silhouette(T{{1}, {2}}, T{1, 1}) end)
fails("f1", function() return M.f1_score(p, t) end)

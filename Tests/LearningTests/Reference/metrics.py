# Writes metrics.json: what scikit-learn says, for MetricsTests.
#   pip install scikit-learn==1.9.1 nltk==3.10.4 && python metrics.py
import json, math, os, warnings
import numpy as np
import sklearn.metrics as m
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
cases = []  # case: metric, position in inputs, options, expected
inputs = []  # [predictions, targets]


def plain(x):
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if isinstance(x, np.ndarray):
        return plain(x.tolist())
    x = float(x)
    if x == int(x) if math.isfinite(x) else False:
        return int(x)
    return "nan" if math.isnan(x) else "inf" if x == math.inf else x


def add(metric, p, t, expected, **options):
    pair = [plain(p), plain(t)]
    if pair not in inputs:
        inputs.append(pair)
    cases.append(dict(metric=metric, input=inputs.index(pair), options=options, expected=plain(expected)))


# Labels: chance, one class never predicted, one never a target, one class alone, labels with gaps
# and below zero, perfect, two classes.
labels = {
    "chance": (rng.integers(0, 4, 50), rng.integers(0, 4, 50)),
    "never predicted": (rng.integers(0, 2, 30), rng.integers(0, 3, 30)),
    "never a target": (rng.integers(0, 4, 30), rng.integers(0, 3, 30)),
    "gaps": (rng.choice([3, 17, 5000], 20), rng.choice([3, 17, 5000], 20)),
    "perfect": (np.array([2, 0, 1, 1]), np.array([2, 0, 1, 1])),
    "two": (rng.integers(0, 2, 25), rng.integers(0, 2, 25)),
    "signs": (rng.choice([-1, 1], 15), rng.choice([-1, 1], 15)),
    "all zero": (np.zeros(4, int), np.zeros(4, int)),
    "all zero, one wrong": (np.array([0, 0, 0, 1]), np.zeros(4, int)),
    "one row": (np.array([1]), np.array([0])),
}
for p, t in labels.values():
    add("accuracy", p, t, m.accuracy_score(t, p))
    add("balanced_accuracy", p, t, m.balanced_accuracy_score(t, p))
    if len(set(t)) > 1:
        add("balanced_accuracy", p, t, m.balanced_accuracy_score(t, p, adjusted=True), adjusted=True)
    add("hamming", p, t, m.hamming_loss(t, p))
    add("matthews", p, t, m.matthews_corrcoef(t, p))
    for w in (None, "linear", "quadratic"):
        add("cohen_kappa", p, t, m.cohen_kappa_score(t, p, weights=w), weights=w or "none")
    add("confusion_matrix", p, t, m.confusion_matrix(t, p))
    add("confusion_matrix", p, t, m.confusion_matrix(t, p, labels=[0, 1, 2]) if set(t) & {0, 1, 2} else np.zeros((3, 3)),
        classes=[0, 1, 2])
    seen = sorted(set(p) | set(t))
    functions = {
        "precision": m.precision_score, "recall": m.recall_score, "f1": m.f1_score, "jaccard": m.jaccard_score,
        "fbeta": lambda t, p, **k: m.fbeta_score(t, p, beta=2, **k),
    }
    for name, f in functions.items():
        for average in ("macro", "micro", "weighted", "none"):
            a = None if average == "none" else average
            add(name, p, t, f(t, p, average=a, zero_division=0), average=average)
            add(name, p, t, f(t, p, average=a, zero_division=1), average=average, undefined=1)
            if set(t) & {0, 1, 2}:
                add(name, p, t, f(t, p, average=a, zero_division=0, labels=[0, 1, 2]), average=average, classes=[0, 1, 2])
        if set(seen) <= {0, 1} or set(seen) == {-1, 1}:
            add(name, p, t, f(t, p, zero_division=0))
            if 0 in seen:
                add(name, p, t, f(t, p, pos_label=0, zero_division=0), positive=0)
        elif len(seen) > 2:
            add(name, p, t, f(t, p, average="macro", zero_division=0))
    r = m.classification_report(t, p, output_dict=True, zero_division=0, labels=seen)
    rows = [[r[str(c)][k] for k in ("precision", "recall", "f1-score", "support")] for c in seen]
    rows += [[r[k][j] for j in ("precision", "recall", "f1-score", "support")] for k in ("macro avg", "weighted avg")]
    add("classification_report", p, t, rows)

# Scores of two classes: plain, with ties, all tied, one class absent, with columns.
ties = np.round(rng.random(40), 1)
two = {
    "plain": (rng.random(30), rng.integers(0, 2, 30)),
    "ties": (ties, (rng.random(40) < ties).astype(int)),
    "all tied": (np.full(6, 0.5), np.array([0, 1, 1, 0, 1, 0])),
    "perfect": (np.array([0.1, 0.9, 0.8, 0.2]), np.array([0, 1, 1, 0])),
    "no positives": (np.array([0.1, 0.9, 0.8]), np.array([0, 0, 0])),
    "no negatives": (np.array([0.1, 0.9, 0.8]), np.array([1, 1, 1])),
    "certain": (np.array([0.0, 1.0, 1.0, 0.0]), np.array([0, 1, 0, 1])),
    "one row": (np.array([0.3]), np.array([1])),
}
for p, t in two.values():
    both = len(set(t)) == 2
    add("roc_auc", p, t, m.roc_auc_score(t, p) if both else math.nan)
    add("average_precision", p, t, m.average_precision_score(t, p))
    for drop in (True, False):
        add("roc_curve", p, t, m.roc_curve(t, p, drop_intermediate=drop), drop=drop)
    add("pr_curve", p, t, m.precision_recall_curve(t, p))
    add("log_loss", p, t, m.log_loss(t, p, labels=[0, 1]))
    add("brier", p, t, m.brier_score_loss(t, p, labels=[0, 1], pos_label=1))
    columns = np.stack([1 - p, p], 1)
    add("log_loss", columns, t, m.log_loss(t, columns, labels=[0, 1]))
    add("roc_auc", columns, t, m.roc_auc_score(t, p) if both else math.nan)
    if both:
        add("roc_auc", columns, t, m.roc_auc_score(1 - t, 1 - p), positive=0)
        for strategy in ("uniform", "quantile"):
            for bins in (5, 3, 10):
                add("calibration_curve", p, t, calibration_curve(t, p, n_bins=bins, strategy=strategy), bins=bins, strategy=strategy)

# Scores of several classes: with every class, and with one that is never a target.
for t, decimals in ((rng.integers(0, 4, 60), 9), (rng.integers(0, 4, 60), 1), (rng.integers(0, 3, 40), 9)):
    p = rng.random((len(t), 4)).round(decimals) + 0.05
    p = p / p.sum(1, keepdims=True)
    every = list(range(4))
    add("log_loss", p, t, m.log_loss(t, p, labels=every))
    add("brier", p, t, m.brier_score_loss(t, p, labels=every))
    for k in (1, 2, 3, 4):
        add("top_k_accuracy", p, t, m.top_k_accuracy_score(t, p, k=k, labels=every), k=k)
    onehot = np.eye(4)[t]
    if len(set(t)) == 4:
        for average in ("macro", "weighted", "micro", "none"):
            a = None if average == "none" else average
            add("roc_auc", p, t, m.roc_auc_score(t, p, multi_class="ovr", average=a, labels=every), average=average)
        for average in ("macro", "weighted"):
            add("roc_auc", p, t, m.roc_auc_score(t, p, multi_class="ovo", average=average, labels=every), average=average, pairing="ovo")
    else:
        add("roc_auc", p, t, m.roc_auc_score(onehot, p, average=None), average="none")
        add("roc_auc", p, t, m.roc_auc_score(onehot, p, average="macro"), average="macro")
    for average in ("macro", "weighted", "micro", "none"):
        add("average_precision", p, t, m.average_precision_score(onehot, p, average=None if average == "none" else average), average=average)

# Values: plain, exact, constant targets, zero targets, one row, several outputs.
t = rng.normal(size=40) * 3 + 100
values = [
    (t + rng.normal(size=40), t), (t, t), (rng.normal(size=5), np.full(5, 2.0)), (np.full(5, 2.0), np.full(5, 2.0)),
    (np.array([0.5, 0, 1]), np.array([0.0, 0, 2])), (np.array([1.0]), np.array([2.0])),
    (rng.normal(size=(20, 3)), rng.normal(size=(20, 3))),
]
for p, t in values:
    table = dict(mse=m.mean_squared_error, rmse=m.root_mean_squared_error, mae=m.mean_absolute_error,
                 mape=m.mean_absolute_percentage_error, r2=m.r2_score, explained_variance=m.explained_variance_score)
    for name, f in table.items():
        add(name, p, t, f(t, p))
        if p.ndim == 2:
            add(name, p, t, f(t, p, multioutput="raw_values"), raw=True)
    if p.ndim == 1:
        add("max_error", p, t, m.max_error(t, p))

# Clusters.
x = np.concatenate([rng.normal(0, 1, (15, 2)), rng.normal(4, 1, (15, 2)), [[10, 10]]])
for t in (np.array([0] * 15 + [1] * 15 + [2]), rng.integers(0, 3, 31), np.array([0] * 30 + [1])):
    add("silhouette", x, t, m.silhouette_score(x, t))

# Perplexity: the exponential of the mean cross-entropy.
logits, t = rng.normal(size=(12, 5)) * 4, rng.integers(0, 5, 12)
logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
add("perplexity", logits, t, np.exp(-logp[np.arange(12), t].mean()))
add("perplexity", logits, t, np.exp(-logp[np.arange(12), t][t != 2].mean()), ignoring=2)

# BLEU: texts in place of numbers.
from nltk.translate.bleu_score import corpus_bleu
texts = [
    (["the cat sat on the mat"], [["the cat is on the mat", "there is a cat on the mat"]]),
    (["it is a guide to action which ensures that the military always obeys the commands of the party",
      "he read the book because he was interested in world history"],
     [["it is a guide to action that ensures that the military will forever heed party commands",
       "it is the guiding principle which guarantees the military forces always being under the command of the party"],
      ["he was interested in world history because he read the book"]]),
    (["the the the the the the the"], [["the cat is on the mat"]]),
    (["a b c d"], [["a b c d"]]),
    (["a b c d e"], [["a b c d e f g h i"]]),
]
for candidates, references in texts:
    c, r = [s.split() for s in candidates], [[s.split() for s in rs] for rs in references]
    for n in (4, 2):
        score = corpus_bleu(r, c, weights=(1 / n,) * n)
        cases.append(dict(metric="bleu", candidates=c, references=r, n=n, expected=0 if score < 1e-50 else score))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "metrics.json"), "w") as f:
    lines = lambda rows: ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
    f.write('{"inputs":[\n' + lines(inputs) + '\n],"cases":[\n' + lines(cases) + "\n]}\n")
print(len(cases), "cases")

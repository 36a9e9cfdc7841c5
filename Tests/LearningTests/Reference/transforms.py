# Writes transforms.json: what scikit-learn's transforms make of small data, for TransformTests.
#   pip install scikit-learn==1.9.1 && python transforms.py
import json, math, os, warnings
import numpy as np
from sklearn import preprocessing as pre
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer

warnings.filterwarnings("ignore")
rng = np.random.default_rng(3)
cases = []


def plain(x):
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if isinstance(x, np.ndarray):
        return plain(x.tolist())
    if isinstance(x, (str, bool)) or x is None:
        return x
    x = float(x)
    if not math.isfinite(x):
        return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"
    return int(x) if x == int(x) else x


def add(kind, transform, fit, use, learned={}, options={}, inverse=True):
    transform.fit(fit)
    result = transform.transform(use)
    result = result.toarray() if hasattr(result, "toarray") else result
    cases.append(dict(
        kind=kind, options=options, fit=plain(fit), use=plain(use), expected=plain(result),
        inverse=plain(transform.inverse_transform(result)) if inverse else None,
        learned={ours: plain(getattr(transform, theirs)) for ours, theirs in learned.items()}))


x = rng.normal(size=(30, 4)) * [1, 10, 0.01, 5] + [0, 100, 3, -7]
x[:, 3] = 2.5  # constant
y = rng.normal(size=(6, 4)) * 20
holes = x.copy()
holes[rng.random(x.shape) < 0.2] = np.nan
constant = np.full((7, 1), 0.1)

for a, b in ((x, y), (holes, y), (constant, constant * 3), (x * 1e-9 + 1e6, y)):
    for o in ({}, dict(with_mean=False), dict(with_std=False)):
        add("StandardScaler", pre.StandardScaler(**o), a, b, dict(mean="mean_", var="var_") if o == {} else {}, o)
    add("MinMaxScaler", pre.MinMaxScaler(), a, b, dict(min="min_", scale="scale_", data_min="data_min_", data_max="data_max_"))
    add("MinMaxScaler", pre.MinMaxScaler(feature_range=(-1, 3), clip=True), a, b, {}, dict(feature_range=[-1, 3], clip=True))
    add("MaxAbsScaler", pre.MaxAbsScaler(), a, b, dict(max_abs="max_abs_", scale="scale_"))
    add("RobustScaler", pre.RobustScaler(), a, b, dict(center="center_", scale="scale_"))
    add("RobustScaler", pre.RobustScaler(with_centering=False, quantile_range=(10, 90)), a, b, {}, dict(with_centering=False, quantile_range=[10, 90]))
for norm in ("l1", "l2", "max"):
    add("Normalizer", pre.Normalizer(norm=norm), x, np.vstack([y, np.zeros((1, 4))]), {}, dict(norm=norm), inverse=False)
add("Binarizer", pre.Binarizer(), x, y, inverse=False)
add("Binarizer", pre.Binarizer(threshold=2.5), x, y, {}, dict(threshold=2.5), inverse=False)

blocks = np.round(holes[:, :3])
for strategy in ("mean", "median", "most_frequent"):
    add("Imputer", SimpleImputer(strategy=strategy), blocks, np.array([[np.nan, 1, np.nan], [1, np.nan, 2]]), dict(statistics="statistics_"), dict(strategy=strategy), inverse=False)
add("Imputer", SimpleImputer(strategy="constant", fill_value=-1), blocks, np.array([[np.nan, 1, np.nan]]), {}, dict(strategy="constant", fill_value=-1), inverse=False)

words = np.array([["b", "x"], ["a", "y"], ["c", "x"], ["a", "x"]], dtype=object)
codes = np.array([[3.0, 1], [1, 2], [3, 1], [7, np.nan]])
seen = np.array([["a", "y"], ["c", "x"]], dtype=object)
unseen = np.array([["a", "q"], ["z", "x"]], dtype=object)
for drop in (None, "first", "if_binary"):
    add("OneHotEncoder", pre.OneHotEncoder(drop=drop), words, seen, {}, dict(drop=drop) if drop else {})
    add("OneHotEncoder", pre.OneHotEncoder(drop=drop), codes, codes[::-1], {}, dict(drop=drop) if drop else {})
add("OneHotEncoder", pre.OneHotEncoder(handle_unknown="ignore"), words, unseen, {}, dict(handle_unknown="ignore"))
add("OrdinalEncoder", pre.OrdinalEncoder(), words, seen)
add("OrdinalEncoder", pre.OrdinalEncoder(), codes, codes[::-1])
add("OrdinalEncoder", pre.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), words, unseen, {}, dict(handle_unknown="ignore"), inverse=False)

for o in ({}, dict(degree=3), dict(degree=3, interaction_only=True), dict(include_bias=False), dict(degree=1), dict(degree=0)):
    if o == dict(degree=0):
        continue
    add("PolynomialFeatures", pre.PolynomialFeatures(**o), x[:, :3], y[:, :3], {}, o, inverse=False)

for strategy in ("quantile", "uniform", "kmeans"):
    for n in (2, 5):
        for encode in ("onehot", "ordinal"):
            data = np.column_stack([x[:, 0], np.round(x[:, 1] / 10), x[:, 3]])
            add("KBinsDiscretizer", pre.KBinsDiscretizer(n_bins=n, strategy=strategy, encode=encode), data, data[::-1] + 0.01,
                {}, dict(n_bins=n, strategy=strategy, encode=encode))

mixed = rng.normal(size=(30, 4)) @ rng.normal(size=(4, 4))
learned = {k: k + "_" for k in ("mean", "components", "explained_variance", "explained_variance_ratio", "singular_values")}
for o in ({}, dict(n_components=2), dict(n_components=0.8), dict(n_components=3, whiten=True)):
    add("PCA", PCA(**o), mixed, y, learned, o)
long = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 3))
add("PCA", PCA(), long, long[:5], learned)
wide = rng.normal(size=(6, 10))
add("PCA", PCA(n_components=4), wide, wide[:3], learned, dict(n_components=4))

# Options that are seldom set.
rare = np.array([["a"] * 4 + ["b"] * 3 + ["c", "d"], ["x"] * 3 + ["y"] * 3 + ["z"] * 3], dtype=object).T
some = np.array([["c", "x"], ["a", "z"], ["b", "y"]], dtype=object)
strange = np.array([["q", "x"], ["d", "w"]], dtype=object)
numbers = np.array([[1.0], [1], [2], [2], [2], [3], [7]])
for o in (dict(min_frequency=2), dict(min_frequency=0.4), dict(max_categories=2), dict(max_categories=3, min_frequency=2), dict(max_categories=1),
          dict(min_frequency=2, drop="first"), dict(max_categories=2, drop="if_binary")):
    for values, use in ((rare, some), (numbers, numbers[::2])):
        add("OneHotEncoder", pre.OneHotEncoder(sparse_output=False, **o), values, use, {}, o, inverse=False)
    if "drop" not in o:
        add("OneHotEncoder", pre.OneHotEncoder(sparse_output=False, handle_unknown="infrequent_if_exist", **o), rare, strange, {}, dict(handle_unknown="infrequent_if_exist", **o), inverse=False)
        add("OrdinalEncoder", pre.OrdinalEncoder(**o), rare, some, {}, o, inverse=False)
add("OneHotEncoder", pre.OneHotEncoder(sparse_output=False, drop=["b", "z"]), rare, some, {}, dict(drop=["b", "z"]))
add("OneHotEncoder", pre.OneHotEncoder(sparse_output=False, categories=[["c", "b", "d", "a", "q"], ["z", "y", "x"]]), rare, some, {}, dict(categories=[["c", "b", "d", "a", "q"], ["z", "y", "x"]]))
add("OneHotEncoder", pre.OneHotEncoder(sparse_output=False, categories=[[1, 2, 3, 7, 9]]), numbers, numbers, {}, dict(categories=[[1, 2, 3, 7, 9]]))
add("OneHotEncoder", pre.OneHotEncoder(sparse_output=False, categories=[["a", "b"], ["x", "z"]], handle_unknown="ignore"), rare, some, {}, dict(categories=[["a", "b"], ["x", "z"]], handle_unknown="ignore"), inverse=False)
add("OrdinalEncoder", pre.OrdinalEncoder(categories=[["c", "b", "d", "a"], ["z", "y", "x"]]), rare, some, {}, dict(categories=[["c", "b", "d", "a"], ["z", "y", "x"]]))
add("OrdinalEncoder", pre.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), rare, strange, {}, dict(handle_unknown="use_encoded_value", unknown_value=-1), inverse=False)
add("OrdinalEncoder", pre.OrdinalEncoder(encoded_missing_value=-5), codes, codes, {}, dict(encoded_missing_value=-5))
for o in (dict(add_indicator=True), dict(add_indicator=True, strategy="median"), dict(add_indicator=True, strategy="most_frequent")):
    add("Imputer", SimpleImputer(**o), blocks, np.array([[np.nan, 1, np.nan], [1, np.nan, 2]]), dict(statistics="statistics_"), o)
marked = np.where(np.isnan(blocks), -999, blocks)
add("Imputer", SimpleImputer(missing_values=-999), marked, marked[:4], dict(statistics="statistics_"), dict(missing_values=-999), inverse=False)
add("Imputer", SimpleImputer(keep_empty_features=True), np.array([[1.0, np.nan], [3, np.nan]]), np.array([[np.nan, np.nan], [2, 5]]), {}, dict(keep_empty_features=True), inverse=False)
for o in (dict(unit_variance=True), dict(unit_variance=True, quantile_range=(5, 80))):
    add("RobustScaler", pre.RobustScaler(**o), x, y, dict(scale="scale_"), {k: list(v) if isinstance(v, tuple) else v for k, v in o.items()})
add("MaxAbsScaler", pre.MaxAbsScaler(clip=True), x, y, {}, dict(clip=True))
for o in (dict(degree=(2, 3)), dict(degree=(0, 2)), dict(degree=(2, 2), include_bias=False), dict(degree=(2, 3), interaction_only=True)):
    add("PolynomialFeatures", pre.PolynomialFeatures(**o), x[:, :3], y[:, :3], {}, {k: list(v) if isinstance(v, tuple) else v for k, v in o.items()}, inverse=False)
binned = np.column_stack([x[:, 0], np.round(x[:, 1] / 10), x[:, 3]])
for method in ("inverted_cdf", "averaged_inverted_cdf", "interpolated_inverted_cdf", "hazen", "weibull", "linear", "median_unbiased", "normal_unbiased"):
    for n in (3, 7):
        add("KBinsDiscretizer", pre.KBinsDiscretizer(n_bins=n, encode="ordinal", quantile_method=method), binned, binned[::-1] + 0.01, {}, dict(n_bins=n, encode="ordinal", quantile_method=method))
add("KBinsDiscretizer", pre.KBinsDiscretizer(n_bins=[2, 4, 3], encode="onehot-dense", strategy="uniform"), binned, binned[::-1] + 0.01, {}, dict(n_bins=[2, 4, 3], encode="onehot-dense", strategy="uniform"))
planted = rng.normal(size=(120, 2)) @ rng.normal(size=(2, 6)) + rng.normal(size=(120, 6)) * 0.05
for values in (mixed, long, planted):
    add("PCA", PCA(n_components="mle"), values, values[:3], learned, dict(n_components="mle"))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transforms.json")
with open(path, "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases", os.path.getsize(path))

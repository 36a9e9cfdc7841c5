# Writes ../Scripts/frames.lua: what pandas makes of small tables, as lines that hold, for ContractTests.
#   pip install pandas && python frames.py
import os
import numpy as np, pandas as pd

nan = np.nan
people = pd.DataFrame(dict(
    name=["Ann", "Bob", "Cy", "Dee", "Bob", "Eve", None, "Cy"], town=["Ulm", "Rome", None, "Rome", "Rome", "Bonn", "Ulm", None],
    age=[31, 25, nan, 40, 25, 18, 77, 31], pay=[10.5, nan, 7.25, 0, nan, -3, 1e6, 2]))
towns = pd.DataFrame(dict(town=["Rome", "Ulm", "Rome", "Oslo", None], size=[2800, 126, 2873, 700, 1], age=[1, 2, 3, 4, 5]))
lines = ["-- Written by Reference/frames.py: tables as pandas %s makes them." % pd.__version__]


def value(v):
    if v is None or v is pd.NA or (isinstance(v, float) and np.isnan(v)):
        return '"NA"'
    if isinstance(v, str):
        return '"%s"' % v
    if isinstance(v, (bool, np.bool_)):
        return str(bool(v)).lower()
    return repr(float(v)) if float(v) != int(v) else str(int(v))


def column(values):
    return "{" + ", ".join(value(v) for v in values) + "}"


def given(name, frame):
    parts = ["%s = {%s}" % (c, ", ".join("nil" if value(v) == '"NA"' else value(v) for v in frame[c])) for c in frame]
    lines.append("local %s = data.Frame({%s}, {columns = {%s}})" % (name, ", ".join(parts), ", ".join('"%s"' % c for c in frame)))


def check(lua, frame, names=None, anyorder=False):
    frame = frame.reset_index(drop=True)
    rows = [column(r) for r in frame.astype(object).itertuples(index=False)]
    if anyorder:
        rows.sort()
    ours = "rows(%s%s)" % (lua, ", true" if anyorder else "")
    lines.append("same(%s, {%s})" % (ours, ", ".join(rows)))
    lines.append("same((%s).columns, {%s})" % (lua, ", ".join('"%s"' % c for c in (names or frame.columns))))


lines.append('''local function rows(frame, anyorder)
    local result = {}
    for i, row in ipairs(frame) do
        result[i] = {}
        for k, name in ipairs(frame.columns) do local v = row[name] result[i][k] = v == nil and "NA" or v end
    end
    if anyorder then
        local function text(row) local t = {} for k, v in ipairs(row) do t[k] = type(v) == "string" and '"' .. v .. '"' or math.type(v) == "float" and v == math.floor(v) and string.format("%d", v) or tostring(v) end return "{" .. table.concat(t, ", ") .. "}" end
        table.sort(result, function(a, b) return text(a) < text(b) end)
    end
    return result
end''')
given("people", people)
given("towns", towns)
describe = people[["age", "pay"]].describe().T
for name in ("count", "mean", "std", "min", "25%", "50%", "75%", "max"):
    lines.append('same({table.unpack(people:describe()["%s"], 3, 4)}, %s)' % (name, column(describe[name])))
groups = people.groupby("town", dropna=False)
for how in ("mean", "sum", "median", "min", "max", "std", "var"):
    check('people:group_by("town"):%s()' % how, getattr(groups[["age", "pay"]], how)().reset_index())
for how in ("count", "first", "last"):
    check('people:group_by("town"):%s()' % how, getattr(groups, how)().reset_index())
check('people:group_by("town", "name"):sum{"age"}', people.groupby(["town", "name"], dropna=False)[["age"]].sum().reset_index())
check('people:group_by("name"):size()', people.groupby("name", dropna=False).size().reset_index(name="size"))
for how in ("inner", "left", "right", "outer"):
    merged = people.merge(towns, on="town", how=how, suffixes=("", "_right"))
    check('people:join(towns, {on = "town", how = "%s"})' % how, merged, anyorder=how == "outer")
check('people:join(towns, {on = {"town", "age"}, how = "left"})', people.merge(towns, on=["town", "age"], how="left"))
for c in ("name", "town", "age"):
    counts = people[c].value_counts()
    check('people:value_counts("%s")' % c, pd.DataFrame({c: counts.index, "count": counts.values}))
    for ascending in (True, False):
        check('people:sort_by("%s", {descending = %s})' % (c, str(not ascending).lower()), people.sort_values(c, ascending=ascending, kind="stable"))
check('people:sort_by{"town", "age"}', people.sort_values(["town", "age"], kind="stable"))
check('people:drop_duplicates()', people.drop_duplicates())
for c in (["name"], ["town", "age"]):
    check('people:drop_duplicates{%s}' % ", ".join('"%s"' % n for n in c), people.drop_duplicates(c))
check('people:drop_missing()', people.dropna())
check('people:drop_missing{"age", "pay"}', people.dropna(subset=["age", "pay"]))
check('people:select("age", "pay"):impute("mean")', people[["age", "pay"]].fillna(people[["age", "pay"]].mean()))
check('people:select("age", "pay"):impute("median")', people[["age", "pay"]].fillna(people[["age", "pay"]].median()))
check('people:impute("mode")', people.fillna(people.mode().iloc[0]))
check('people:concat(towns)', pd.concat([people, towns], ignore_index=True))
check('towns:concat{people, towns}', pd.concat([towns, people, towns], ignore_index=True))
dummies = pd.get_dummies(people[["town", "age"]], columns=["town"]).astype(float)
check('people:select("town", "age"):one_hot("town")', dummies[["town_Bonn", "town_Rome", "town_Ulm", "age"]])
for c in ("age", "pay"):
    q1, q3 = people[c].quantile(0.25), people[c].quantile(0.75)
    check('people:select("%s"):clip_outliers("iqr")' % c, people[[c]].clip(q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)))
    check('people:select("%s"):clip_outliers("std", 1)' % c, people[[c]].clip(people[c].mean() - people[c].std(), people[c].mean() + people[c].std()))
    check('people:select("%s"):clip_outliers("quantile", 0.1)' % c, people[[c]].clip(people[c].quantile(0.1), people[c].quantile(0.9)))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Scripts/frames.lua"), "w") as f:
    f.write("\n".join(lines) + "\n")
print(len(lines), "lines")

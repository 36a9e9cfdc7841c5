import Testing

/// Transforms from Lua.
@Suite struct TransformTests {
    private static let setting = """
        local x = tensor{{1, 10}, {2, 20}, {3, 60}}
        local frame = data.Frame({town = {"Ulm", "Rome", "Ulm"}, size = {1, 2, 3}}, {columns = {"town", "size"}})

        """

    static let table: [(String, String)] = [
        ("local s = data.StandardScaler() print(s:fit(x) == s, s.mean, s.scale.shape[1], s.n_features_in)", "true\t2  30\n[2] float32\t2\t2"),
        ("local s = data.MinMaxScaler{-1, 1} print(s:fit_transform(x)[1], s.feature_range[1], s.data_max[2]:item(), data.MinMaxScaler{feature_range={0, 2}}:fit_transform(x)[3][2]:item())", "-1  -1\n[2] float32\t-1.0\t60.0\t2.0"),
        ("local s = data.StandardScaler{with_mean=false} print(s.with_mean, tostring(s), s:fit(x:double()).mean.dtype)", "false\tStandardScaler{with_mean=false}\tfloat64"),
        ("local s = data.RobustScaler():fit(x) print(s:inverse_transform(s:transform(x)):allclose(x), s.center[1]:item())", "true\t2.0"),
        ("local s = data.MaxAbsScaler() print(s:fit_transform(frame:select(\"size\")).size[3], s.feature_names_in[1])", "1.0\tsize"),
        ("print(data.Normalizer(\"l1\"):fit_transform(x)[2][1]:item(), data.Binarizer{threshold=15}:fit_transform(x):sum():item())", "0.090909093618393\t2.0"),
        // Codes count from 1
        ("local e = data.LabelEncoder() local codes = e:fit_transform{\"dog\", \"cat\", \"dog\"} print(codes, e.classes[1], e:inverse_transform(codes)[1], e:inverse_transform({1})[1])", "2  1  2\n[3] int64\tcat\tdog\tcat"),
        ("print(data.LabelEncoder():fit_transform(tensor{30, 10, 20}))", "3  1  2\n[3] int64"),
        ("local e = data.OrdinalEncoder():fit(frame:select(\"town\")) print(e:transform(frame).town[1], e.categories[1][1], e:inverse_transform(e:transform(frame)) == frame:select(\"town\"))", "2\tRome\ttrue"),
        ("local e = data.OneHotEncoder() print(e:fit_transform{{\"a\", 1}, {\"b\", 2}, {\"a\", 2}}, #e.categories, e:inverse_transform{{0, 1, 1, 0}}[1][1])", "1  0  1  0\n0  1  0  1\n1  0  0  1\n[3, 4] float32\t2\tb"),
        ("local e = data.OneHotEncoder{handle_unknown=\"ignore\", drop=\"first\"}:fit(frame:select(\"town\")) print(e:transform({{\"Bonn\"}}), e:transform(frame).columns[1])", "0\n[1, 1] float32\ttown_Ulm"),
        ("local b = data.KBinsDiscretizer(2, {encode=\"ordinal\", strategy=\"uniform\"}) print(b:fit_transform(x):max():item(), b.bin_edges[2])", "2.0\t10  35  60\n[3] float32"),
        ("local i = data.Imputer() print(i:fit_transform(tensor{{1}, {0/0}, {3}}):sum():item(), i.statistics[1]:item(), data.Imputer{strategy=\"most_frequent\"}:fit_transform{\"a\", nil, \"a\"}[1])", "6.0\t2.0\ta"),
        ("local p = data.PCA(1):fit(x) print(p.components.shape[2], p.n_components, p.explained_variance_ratio.shape[1], x:sub(p.mean):matmul(p.components:t()):allclose(p:transform(x)))", "2\t1\t1\ttrue"),
        ("print(data.PolynomialFeatures{degree=2, include_bias=false}:fit_transform(x).shape[2], data.PolynomialFeatures(3).degree)", "5\t3"),
        ("local p = data.Pipeline{data.Imputer(), data.StandardScaler()} print(p:fit(x), #p, p[2].mean[1]:item(), p.StandardScaler == p[2], p.steps[1].strategy)", "Pipeline{Imputer() fitted on 2 features, StandardScaler() fitted on 2 features}\t2\t2.0\ttrue\tmean"),
        ("local p = data.Pipeline{{\"scale\", data.StandardScaler()}, {\"pca\", data.PCA(1)}} print(p:inverse_transform(p:fit_transform(x)).shape[2], p.scale.mean[2]:item(), p.pca.n_components)", "2\t30.0\t1"),
        ("local train, test = data.iris() local s = data.StandardScaler():fit(train) print(#s:transform(test), s:transform(test).classes[1], s.mean.shape[1])", "30\tsetosa\t4"),
        // Alone, and with a model
        ("local path = os.tmpname() local p = data.Pipeline{data.OneHotEncoder(), data.KBinsDiscretizer{n_bins=3}, data.PCA()} local y = p:fit_transform(x) p:save(path) print(data.load_transform(path):transform(x):equal(y)) os.remove(path)", "true"),
        ("local path = os.tmpname() local p = data.Pipeline{data.KBinsDiscretizer{n_bins=2}, data.StandardScaler()} local y = p:fit_transform(x:double()) local m = nn.Linear(2, 1) m:save(path, {transform=p}) nn.Linear(2, 1):load(path) local q = data.load_transform(path) print(q:transform(x:double()):equal(y), q[2].mean.dtype) os.remove(path)", "true\tfloat64"),
    ]

    @Test(arguments: table.indices)
    func prints(_ index: Int) throws {
        let (text, expected) = TransformTests.table[index]
        let got = try printed(TransformTests.setting + text)
        #expect(got == expected)
    }

    static let errors: [(String, String)] = [
        ("data.StandardScaler{withmean=true}", "there is no option withmean. Did you mean with_mean?"),
        ("data.StandardScaler{with_mean=1}", "with_mean must be true or false"),
        ("data.OrdinalEncoder{first=3}", "there is no option first"),
        ("data.StandardScaler(true, true, true)", "takes at most 2 options"),
        ("data.PCA{n_components={}}", "n_components must be a number"),
        ("data.StandardScaler():transform(x)", "call fit first"),
        ("return data.StandardScaler().mean", "'mean' is learnt by fit, which was not called yet"),
        ("return data.StandardScaler().meen", "Did you mean"),
        ("data.StandardScaler():fit(x):transform(tensor{{1}})", "fitted on 2 features, got 1"),
        ("data.StandardScaler():fit(frame)", "column \"town\" holds text"),
        ("data.OneHotEncoder():fit(frame:select(\"town\")):transform{{\"Bonn\"}}", "holds \"Bonn\", which was not there at fit (\"Rome\", \"Ulm\"). Say {handle_unknown=\"ignore\"}"),
        ("data.StandardScaler():fit{{1, 2}, {3}}", "has rows of different lengths: 2 values in the first, 1 in row 2"),
        ("data.StandardScaler():fit{print}", "has a wrong element 1"),
        ("data.Pipeline{scale=data.PCA()}", "must be a list, so that the order is known"),
        ("data.Pipeline{data.PCA, 1}", "must hold transforms"),
        ("data.LabelEncoder():fit{\"a\", nil, \"b\", 0/0}", "LabelEncoder.fit: the target has 2 missing values"),
        ("data.LabelEncoder():fit{\"a\"}:inverse_transform(tensor{0})", "0 is no class 1..1"),
        ("data.PCA():fit(tensor{{1, 0/0}, {1, 2}})", "Use an Imputer first"),
        ("data.load_transform(\"no such file\")", "no such file: cannot open"),
        ("local path = os.tmpname() nn.Linear(1, 1):save(path) data.load_transform(path)", "the file holds no transform"),
    ]

    @Test(arguments: errors.indices)
    func fails(_ index: Int) throws {
        let (text, part) = TransformTests.errors[index]
        let message = try Script().error(TransformTests.setting + text) ?? "no error"
        #expect(message.contains(part), "\(message)")
    }
}

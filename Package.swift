// swift-tools-version: 6.1
import PackageDescription

// C kernels stay optimised in debug builds, so that tests run at a usable speed.
let optimised: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math"])]

// Debug builds, and so the tests, check that no two accesses to a variable overlap; a small operation would
// spend a fifth of its time on that.
let unchecked: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
    name: "nightjar",
    products: [
        .executable(name: "nightjar", targets: ["nightjar"]),
        .library(name: "NightjarKit", targets: ["NightjarKit"]),
    ],
    targets: [
        // Debian's libraries
        .systemLibrary(name: "CCairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // C of our own
        .target(
            name: "CKernels", cSettings: optimised,
            linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
        .target(
            name: "CLua", cSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("lua5.4")]),

        // Libraries, each depending only on those above it
        .target(name: "CFormats", cSettings: optimised),
        .target(
            name: "Tensors", dependencies: ["CKernels", "COneDNN"],
            linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp"), .linkedLibrary("m")]),
        .target(name: "Learning", dependencies: ["Tensors", "CKernels", "CFormats", "CZlib"], exclude: ["Data/Shipped"]),
        .target(name: "Plotting", dependencies: ["CCairo"]),
        .target(name: "LuaKit", dependencies: ["CLua"]),
        .target(name: "Bindings", dependencies: ["LuaKit", "CLua", "Tensors", "Learning", "Plotting", "CKernels"]),
        .target(name: "NightjarKit", dependencies: ["Bindings", "LuaKit", "Tensors", "Learning", "CKernels"]),
        .target(name: "Console", dependencies: ["NightjarKit", "Bindings", "LuaKit", "CReadline"]),
        .executableTarget(name: "nightjar", dependencies: ["Console", "NightjarKit"]),

        // Tests mirror the targets
        .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport"),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], exclude: ["Reference"]),
        .testTarget(
            name: "LearningTests", dependencies: ["Learning", "CFormats", "Tensors", "TestSupport"], exclude: ["Reference"]),
        .testTarget(name: "PlottingTests", dependencies: ["Plotting"], exclude: ["Golden"]),
        .testTarget(name: "LuaKitTests", dependencies: ["LuaKit", "CLua"]),
        .testTarget(name: "BindingsTests", dependencies: ["NightjarKit", "TestSupport"], exclude: ["Reference", "Scripts"]),
        .testTarget(name: "ConsoleTests", dependencies: ["Console", "NightjarKit"]),
    ]
)

for target in package.targets where target.type == .regular || target.type == .executable {
    target.swiftSettings = unchecked
}

// What scripts/fuzz builds: the readers of files under libFuzzer.
if Context.environment["NIGHTJAR_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["Learning", "Tensors"], path: "Tests/Fuzz", exclude: ["Seeds"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}

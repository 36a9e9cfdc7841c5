// BindingsTests

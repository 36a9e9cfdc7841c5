// LuaKitTests

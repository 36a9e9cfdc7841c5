// NightjarKit

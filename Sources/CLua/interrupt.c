// Stopping running code: a flag that only its clearing takes back, and a hook that raises while
// the flag is up, so that no pcall, coroutine or message handler of a script can swallow it.
#include "bridge.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>

volatile int njlua_interrupt_flag = 0;

/// Instructions between looks at the clock when a time limit is set.
enum { CLOCK_INTERVAL = 10000 };

static void hook(lua_State *L, lua_Debug *record) {
    (void)record;
    njlua_Runtime *runtime = njlua_runtime(L);
    if (runtime->deadline > 0 && njlua_now() > runtime->deadline)
        if (!runtime->interrupted) runtime->interrupted = NJLUA_TIMED_OUT;
    if (!runtime->interrupted) {
        // Left over from an interrupt since cleared, or looking at the clock.
        bool timed = runtime->deadline > 0;
        lua_sethook(L, timed ? hook : NULL, timed ? LUA_MASKCOUNT : 0, CLOCK_INTERVAL);
        return;
    }
    // From now on at each instruction, in case the error is caught.
    lua_sethook(L, hook, LUA_MASKCOUNT, 1);
    if (!runtime->interrupt_traced) {
        runtime->interrupt_traced = true;
        njlua_keep_traceback(L, 0);
    }
    // Raised with this text, Lua takes it for a memory error and runs no message handler. A handler
    // would run inside this hook, where no hook could stop it. Swift puts the true reason in place.
    lua_pushliteral(L, "not enough memory");
    lua_error(L);
}

void njlua_interrupt(njlua_Runtime *runtime, int reason) {
    runtime->interrupted = reason;
    lua_sethook(runtime->running, hook, LUA_MASKCOUNT, 1);
}

void njlua_carry_interrupt(lua_State *L, njlua_Runtime *runtime) {
    if (UNLIKELY(runtime->interrupted)) lua_sethook(L, hook, LUA_MASKCOUNT, 1);
}

void njlua_clear_interrupt(njlua_Runtime *runtime) {
    runtime->interrupted = NJLUA_RUNNING;
    runtime->interrupt_traced = false;
    njlua_interrupt_flag = 0;
    bool timed = runtime->deadline > 0;
    lua_sethook(runtime->main, timed ? hook : NULL, timed ? LUA_MASKCOUNT : 0, CLOCK_INTERVAL);
}

bool njlua_suspend_interrupt(njlua_Runtime *runtime) {
    bool signalled = njlua_interrupt_flag;
    njlua_clear_interrupt(runtime);
    return signalled;
}

void njlua_renew_interrupt(njlua_Runtime *runtime, bool signalled) {
    if (signalled) njlua_interrupt_flag = 1;
    njlua_interrupt(runtime, NJLUA_INTERRUPTED);
}

void njlua_set_time_limit(njlua_Runtime *runtime, double seconds) {
    runtime->deadline = seconds > 0 ? njlua_now() + seconds : 0;
    if (seconds > 0 && !runtime->interrupted)
        lua_sethook(runtime->running, hook, LUA_MASKCOUNT, CLOCK_INTERVAL);
}

// MARK: SIGINT

static njlua_Runtime *volatile target;
static pthread_t target_thread;
static struct sigaction former;

/// Async-signal-safe: sets flags, and a hook as Lua allows at any moment on the same thread.
static void on_sigint(int signal) {
    int saved = errno;
    njlua_interrupt_flag = 1;
    if (!pthread_equal(pthread_self(), target_thread)) {
        pthread_kill(target_thread, signal);
    } else if (target) {
        njlua_interrupt(target, NJLUA_INTERRUPTED);
    }
    errno = saved;
}

void njlua_install_sigint(njlua_Runtime *runtime) {
    // Worker threads, such as those of dispatch queues, come with all signals blocked.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    target_thread = pthread_self();
    if (target) {
        target = runtime;
        return;
    }
    target = runtime;
    struct sigaction action = {0};
    action.sa_handler = on_sigint;  // without SA_RESTART: a blocking read returns
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &former);
}

void njlua_remove_sigint(void) {
    if (!target) return;
    sigaction(SIGINT, &former, NULL);
    target = NULL;
}

void njlua_forget_target(njlua_Runtime *runtime) {
    if (target == runtime) njlua_remove_sigint();
}

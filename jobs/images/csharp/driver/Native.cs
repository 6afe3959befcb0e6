using System;
using System.Runtime.InteropServices;

namespace Assay {
    /// <summary>The system calls the driver makes by itself, so that no stream of the code under test is in the way.</summary>
    static class Native {
        const int Interrupted = 4, Kill = 9; // EINTR, SIGKILL

        [DllImport("libc.so.6", EntryPoint = "write", SetLastError = true)]
        static extern IntPtr WriteTo(int descriptor, byte[] data, IntPtr count);

        [DllImport("libc.so.6", EntryPoint = "_exit")]
        static extern void ExitNow(int code);

        [DllImport("libc.so.6", EntryPoint = "getpid")]
        static extern int ThisProcess();

        [DllImport("libc.so.6", EntryPoint = "kill")]
        static extern int Signal(int process, int signal);

        /// <summary>Writes all of `data`; false when the descriptor refuses it.</summary>
        public static bool Write(int descriptor, byte[] data) {
            while (data.Length > 0) {
                int written = (int)WriteTo(descriptor, data, (IntPtr)data.Length);
                if (written < 0) {
                    if (Marshal.GetLastWin32Error() == Interrupted) continue;
                    return false;
                }
                var rest = new byte[data.Length - written];
                Buffer.BlockCopy(data, written, rest, 0, rest.Length);
                data = rest;
            }
            return true;
        }

        /// <summary>Ends the process by a signal, which says that it did not end of its own will.</summary>
        public static void Die() {
            Signal(ThisProcess(), Kill);
        }

        /// <summary>Ends the process at once: no exit hook, finalizer or thread of the code under test has a say.</summary>
        public static void Exit(int code) {
            ExitNow(code);
        }
    }
}

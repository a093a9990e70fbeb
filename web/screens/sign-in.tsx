/** What a browser without a session sees: how to get one. There is no password to guess here. */
import { PageHead } from '../parts/page-head.tsx';

export function SignIn() {
  return (
    <main className="sign-in">
      <div className="sign-in-words">
        <img src="/mark.svg" alt="" width={40} height={40} />
        <PageHead title="Sign in" />
        <p>On the machine where Rouse runs, print a link that opens this page once:</p>
        <pre className="sign-in-command">rouse open</pre>
        <p className="soft">
          The link works once and for a short time. In a checkout the command is <code>bin/rouse open</code>.
        </p>
        <button type="button" className="button" onClick={() => location.assign('/')}>
          I have opened it: look again
        </button>
      </div>
    </main>
  );
}

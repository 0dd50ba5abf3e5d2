import { afterEach, describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';

describe.each(['throw', 'reject'])('a connect hook that fails (%s)', (how) => {
  let child: ChildApp | undefined;

  afterEach(() => child?.kill());

  async function startApp(whose: 'ours' | 'theirs'): Promise<ChildApp> {
    child = await ChildApp.start('connect-hook', whose, how);
    return child;
  }

  it('platform-ws: one client ends the process, for all', async () => {
    const app = await startApp('theirs');
    const other = await connectPeer(`${app.url}/hook`);
    await connectPeer(`${app.url}/hook?fail`);
    const { code, stderr } = await app.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('the connect hook failed');
    expect(await other.closed).toMatchObject({ code: 1006 });
  });

  it('wsgate: that client is closed with 1011, the reason is logged, the others go on', async () => {
    const app = await startApp('ours');
    const other = await connectPeer(`${app.url}/hook`);
    const failed = await connectPeer(`${app.url}/hook?fail`);
    expect(await failed.closed).toEqual({ code: 1011, reason: '' });
    expect(await other.call('hello')).toEqual({ op: 'reply', id: 1, data: 'hi' });
    expect(await (await connectPeer(`${app.url}/hook`)).call('hello')).toMatchObject({
      data: 'hi',
    });
    app.process.kill('SIGTERM');
    expect((await app.ended).stderr).toContain('the connect hook failed');
  });
});

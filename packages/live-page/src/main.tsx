import { render } from 'preact';
import { findSession } from './data/session.js';
import { startLive } from './data/live.js';
import { takeTokenFromAddress } from './data/viewer-token.js';
import { App } from './frame/app.js';
import { startRouter } from './frame/router.js';
import { loadScreensLater } from './frame/screens.js';
import { startTheme } from './frame/theme.js';
import { startTitle } from './frame/title.js';

takeTokenFromAddress();
startRouter();
startTheme();
startTitle();
render(<App />, document.getElementById('page')!);
loadScreensLater();
void findSession().finally(startLive);

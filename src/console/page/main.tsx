// The console's first module: draws the page, or the door when nobody is signed in.

import { render } from 'preact';
import { Console } from './console.tsx';
import './style/base.css';
import './style/layout.css';
import './style/door.css';
import './style/parts.css';
import './style/filters.css';
import './style/words.css';
import './style/run.css';
import './style/event.css';
import './style/sandbox.css';
import './style/workflow.css';
import './style/overview.css';
import './style/playground.css';
import './style/lists.css';
import './style/connections.css';
import './style/narrow.css';

const root = document.getElementById('page');
if (root) render(<Console />, root);

// The console's first module: draws the page, or the door when nobody is signed in.

import { render } from 'preact';
import { Console } from './console.tsx';
import './style/base.css';
import './style/layout.css';
import './style/parts.css';
import './style/screens.css';

const root = document.getElementById('page');
if (root) render(<Console />, root);

/** `npm run portcullis` and `npm start`: the command of this repository. */
import { runProcess } from './run-process';
import { WITH_START } from './start/with-start';

void runProcess(WITH_START, 'npm run portcullis --');

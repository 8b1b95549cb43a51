import { dev } from '../../stacks/environments/dev';
import { describeServed } from './served';

describeServed(dev());

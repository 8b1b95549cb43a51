import { staging } from '../../stacks/environments/staging';
import { describeServed } from './served';

describeServed(staging());

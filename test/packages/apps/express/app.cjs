require('./serve.cjs')(require('@portcullis/runtime'), require('express'));
